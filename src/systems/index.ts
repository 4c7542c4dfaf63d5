import type { SystemDefinition } from '../kernel/system.ts';

/** The slices, in the order in which the inventory is read and the plan is printed. */
export const systems: readonly SystemDefinition[] = [];
