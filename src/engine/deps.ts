import type { ResourceTypes } from '../kernel/plan/graph.ts';
import type { Store } from '../kernel/ports.ts';
import type { SystemDefinition } from '../kernel/system.ts';

/** What every command of an engine works with. */
export interface EngineDeps {
  readonly systems: readonly SystemDefinition[];
  readonly types: ResourceTypes;
  readonly store: Store;
  /** Who acts. */
  readonly who: string;
}
