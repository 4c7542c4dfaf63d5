import type { EmulatorDefinition } from '../emulation/emulator.ts';

/** The emulators of the slices; never loaded in production. Ports are provided and seeds are planted in this order. */
export const emulators: readonly EmulatorDefinition[] = [];
