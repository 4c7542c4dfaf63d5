// A process that holds a landscape open, for tests that kill it: prints each address it has as a line of JSON.
import { createLandscape } from '../index.ts';
import { notesEmulator, notesSeed } from './notes-emulator.ts';

const [, , directory = ''] = process.argv;
const landscape = await createLandscape({ directory, emulators: [notesEmulator], seed: notesSeed });
const { proxy, origins } = await landscape.listen({ portsFrom: 0 });
console.log(JSON.stringify({ proxy, origins }));
