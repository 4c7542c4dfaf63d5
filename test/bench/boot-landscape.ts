// Boots the acme landscape (in the folder that is given, else in memory), asks it one thing, and ends.
import { createLandscape } from '../../src/landscape/index.ts';

const [directory] = process.argv.slice(2);
const landscape = await createLandscape({
  seed: 'examples/acme/landscape.yaml',
  ...(directory === undefined ? {} : { directory }),
});
const answer = await landscape.fetch('https://api.cf.eu10-004.hana.ondemand.com/');
if (answer.status !== 200) process.exitCode = 1;
await landscape[Symbol.asyncDispose]();
