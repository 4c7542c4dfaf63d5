import type { Collection } from '../../../src/emulation/state.ts';
import type { Row } from '../../../src/systems/cf/emulator/cloud-controller/rows/row.ts';
import { type Recorded, relatedTo, textAt } from './json.ts';
import type { Interaction } from './recorded.ts';
import { type ShownKind, shownBy } from './shown.ts';
import type { Kind, ReplayWorld } from './world.ts';

/**
 * Finds out which of the emulator's things a recorded one is, when the call that made it did not tell its GUID: a manifest makes
 * apps, a plan makes instances.
 */
export interface Recognition {
  snapshot(): ReadonlySet<string>;
  /** What was not there at the snapshot was made by the call since. */
  remember(before: ReadonlySet<string>): void;
  /** Binds what an answer shows for the first time to what calls have made, by name and place. */
  recognise(read: Interaction, isKnown: (guid: string) => boolean): void;
}

export function createRecognition(
  { collections, touched }: ReplayWorld,
  bind: (recorded: string, emulated: string) => void,
): Recognition {
  const kinds = Object.entries(collections) as [Kind, Collection<Row>][];
  const made = new Set<string>();
  const bound = new Set<string>();

  return {
    snapshot: () => new Set(kinds.flatMap(([kind, rows]) => [...rows.keys()].map((key) => `${kind}/${key}`))),
    remember(before) {
      for (const [kind, rows] of kinds) {
        for (const key of rows.keys()) {
          if (before.has(`${kind}/${key}`) || kind === 'jobs' || kind === 'audit_events') continue;
          made.add(`${kind}/${key}`);
          touched.add(key);
        }
      }
    },
    recognise(read, isKnown) {
      for (const [kind, recorded] of shownBy(read)) {
        const guid = textAt(recorded, 'guid') ?? '';
        if (kind === 'users' || isKnown(guid) || collections[kind].get(guid)) continue;
        const rows = [...(collections[kind] as unknown as Collection<Row>).values()];
        const own = rows.find(
          (row) => made.has(`${kind}/${row.guid}`) && !bound.has(row.guid) && isAlike(kind, recorded, row),
        );
        if (!own) continue;
        bound.add(own.guid);
        bind(guid, own.guid);
      }
    },
  };
}

function isAlike(kind: ShownKind, recorded: Recorded, row: Row): boolean {
  const own = row as Row & Readonly<Record<string, unknown>>;
  const same = (key: string, value: string | undefined) => value === undefined || own[key] === value;
  return (
    same('name', textAt(recorded, 'name')) &&
    same('host', textAt(recorded, 'host')) &&
    same('path', textAt(recorded, 'path')) &&
    (kind === 'service_credential_bindings' || kind === 'processes' ? same('type', textAt(recorded, 'type')) : true) &&
    same('space', relatedTo(recorded, 'space')) &&
    same('app', relatedTo(recorded, 'app')) &&
    same('instance', relatedTo(recorded, 'service_instance')) &&
    (kind === 'spaces' ? same('org', relatedTo(recorded, 'organization')) : true)
  );
}
