import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import { preconditionFailed } from './errors.ts';
import { type Level, levelKey, type Versioned } from './store.ts';

/** What a write gives a configuration besides its content; `before` is what it replaces. */
export function versionOf(
  clock: Pick<EmulatorContext, 'now'>,
  level: Level,
  content: unknown,
  before?: Versioned,
): Pick<Versioned, 'etag' | 'version' | 'createdAt' | 'modifiedAt'> {
  const version = (before?.version ?? 0) + 1;
  return {
    version,
    // 64 hex digits as in the OpenAPI example; what goes into the hash is assumed.
    etag: createHash('sha256')
      .update(canonicalJson([levelKey(level), content, version]))
      .digest('hex'),
    createdAt: before?.createdAt ?? clock.now(),
    modifiedAt: clock.now(),
  };
}

/** `If-Match`: one version or a list of them, quoted or bare; `*` is any. */
export function assertMatch(record: Pick<Versioned, 'etag'>, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && !matches(record.etag, ifMatch)) throw preconditionFailed(record.etag);
}

export function matches(etag: string, header: string): boolean {
  const listed = header.split(',').map((entry) => entry.trim().replace(/^W\//, '').replaceAll('"', ''));
  return listed.includes('*') || listed.includes(etag);
}
