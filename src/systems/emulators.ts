import type { EmulatorDefinition } from '../emulation/emulator.ts';
import { accountsEmulator } from './accounts/emulator/index.ts';
import { auditEmulator } from './audit/emulator/index.ts';
import { authzEmulator } from './authz/emulator/index.ts';
import { cfEmulator } from './cf/emulator/index.ts';
import { credstoreEmulator } from './credstore/emulator/index.ts';
import { ctmsEmulator } from './ctms/emulator/index.ts';
import { destinationEmulator } from './destination/emulator/index.ts';
import { iasEmulator } from './ias/emulator/index.ts';
import { integrationEmulator } from './integration/emulator/index.ts';
import { btpCliEmulator } from './protocols/btp-cli/emulator/index.ts';
import { servicesEmulator } from './services/emulator/index.ts';
import { trustEmulator } from './trust/emulator/index.ts';

/** The emulators of the slices; never loaded in production. Ports are provided and seeds are planted in this order. */
export const emulators: readonly EmulatorDefinition[] = [
  accountsEmulator,
  iasEmulator,
  trustEmulator,
  authzEmulator,
  btpCliEmulator,
  cfEmulator,
  destinationEmulator,
  servicesEmulator,
  integrationEmulator,
  ctmsEmulator,
  auditEmulator,
  credstoreEmulator,
];
