import type { Place } from './place.ts';
import { command } from './places/command.ts';
import { openbao } from './places/openbao.ts';

/** The kinds of place, in the order in which they are documented. */
export const places: readonly Place[] = [openbao, command];
