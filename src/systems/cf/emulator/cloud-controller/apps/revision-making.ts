import { isDeepStrictEqual } from 'node:util';
import { unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, homeOf, newRow } from '../acting.ts';
import { record } from '../events.ts';
import type { CfApp, CfRevision } from '../rows/apps.ts';

/** What a revision keeps of an app. */
type Kept = Pick<CfRevision, 'droplet' | 'environment' | 'commands' | 'sidecars'>;

/** The number after which revisions begin with 1 again. */
const LAST_VERSION = 9999;

/**
 * Makes a revision of what an app is now, if that differs from its latest one (cloud_controller_ng, RevisionResolver).
 * @returns the latest; undefined for apps without the feature `revisions`
 */
export function reviseApp(acting: Acting, app: CfApp): CfRevision | undefined {
  if (!app.features.includes('revisions') || app.droplet === undefined) return undefined;
  const kept: Kept = {
    droplet: app.droplet,
    environment: app.environment,
    commands: commandsOf(acting, app),
    sidecars: app.sidecars ?? [],
  };
  const latest = latestRevision(acting, app);
  if (!latest) return addRevision(acting, app, kept, 'Initial revision.');
  const reasons = reasonsFor(latest, kept);
  return reasons.length === 0 ? latest : addRevision(acting, app, kept, reasons.join(' '));
}

/** What would be new in a rollback, in sentences. @throws ApiError 422 when nothing would be. */
export function changesOf(acting: Acting, app: CfApp, target: CfRevision): readonly string[] {
  const changes = reasonsFor(latestRevision(acting, app) ?? target, target);
  if (changes.length > 0) return changes;
  throw unprocessable(
    'Unable to rollback. The code and configuration you are rolling back to is the same as the deployed revision.',
  );
}

/** Makes a revision that is what an earlier one was. */
export function rollBackTo(acting: Acting, app: CfApp, target: CfRevision, changes: readonly string[]): CfRevision {
  const { droplet, environment, commands, sidecars, version } = target;
  const description = [...changes, `Rolled back to revision ${version}.`].join(' ');
  return addRevision(acting, app, { droplet, environment, commands, sidecars }, description);
}

function latestRevision({ store }: Acting, app: CfApp): CfRevision | undefined {
  return store.revisions.by('app', app.guid).at(-1);
}

/** Commands that somebody set, by type; of several web processes that of the newest. */
function commandsOf({ store }: Acting, app: CfApp): Kept['commands'] {
  return Object.fromEntries(store.processes.by('app', app.guid).map(({ type, command }) => [type, command]));
}

function addRevision(acting: Acting, app: CfApp, kept: Kept, description: string): CfRevision {
  const { revisions } = acting.store;
  const last = latestRevision(acting, app)?.version ?? 0;
  const version = last >= LAST_VERSION ? 1 : last + 1;
  const before = revisions.by('app', app.guid).find((one) => one.version === version);
  if (before) revisions.delete(before.guid);
  const revision: CfRevision = {
    ...newRow(acting),
    app: app.guid,
    version,
    ...kept,
    description,
    metadata: NO_METADATA,
  };
  revisions.set(revision.guid, revision);
  recordRevision(acting, 'audit.app.revision.create', app, revision);
  return revision;
}

/** An event about a revision (cloud_controller_ng, RevisionEventRepository). */
export function recordRevision(acting: Acting, event: string, app: CfApp, revision: CfRevision): void {
  record(
    acting,
    event,
    { guid: app.guid, type: 'app', name: app.name },
    { space: homeOf(acting, app) },
    { revision_guid: revision.guid, revision_version: revision.version },
  );
}

/** Sentences about what is new, in alphabetical order. */
function reasonsFor(latest: Kept, next: Kept): readonly string[] {
  const types = [...new Set([...Object.keys(latest.commands), ...Object.keys(next.commands)])];
  return [
    ...(latest.droplet === next.droplet ? [] : ['New droplet deployed.']),
    ...(isDeepStrictEqual(latest.environment, next.environment) ? [] : ['New environment variables deployed.']),
    ...types.flatMap((type) => reasonOf(type, latest.commands[type], next.commands[type])),
    ...(isDeepStrictEqual(latest.sidecars, next.sidecars) ? [] : ['Sidecars updated.']),
  ].sort();
}

/** @param before its command; null = that of the droplet, undefined = there was no such process */
function reasonOf(
  type: string,
  before: string | null | undefined,
  after: string | null | undefined,
): readonly string[] {
  if (before === after) return [];
  if (before === undefined) return [`New process type '${type}' added.`];
  if (after === undefined) return [`Process type '${type}' removed.`];
  const what = before === null ? 'added' : after === null ? 'removed' : 'updated';
  return [`Custom start command ${what} for '${type}' process.`];
}
