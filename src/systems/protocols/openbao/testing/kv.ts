import { answer, type BaoCall, done, enveloped, ok, refuse } from './answers.ts';
import type { EngineSetup } from './setup.ts';

export type Data = Readonly<Record<string, unknown>>;

interface Version {
  readonly created: string;
  deleted: string;
  destroyed: boolean;
  data: Data | null;
}

/** An engine of the type kv. */
export interface Engine {
  /** Versions by path, the first at 0; a version that is no longer kept is undefined. */
  readonly paths: Map<string, (Version | undefined)[]>;
  /** Whether a write makes what was not there: that needs another right than changing it. */
  exists(path: string): boolean;
  /** @param call its path is the one below the mount */
  handle(call: BaoCall): Response;
}

/** A version without a deletion, as a seed. */
export const version = (data: Data | null, at: string): Version => ({
  created: at,
  deleted: data === null ? at : '',
  destroyed: false,
  data,
});

/** KV version 2 (openbao.org/api-docs/secret/kv/kv-v2; each answer is recorded in test/recordings/openbao.jsonl). */
export function createKv2({ casRequired = false, maxVersions = 10 }: EngineSetup): Engine {
  const paths: Engine['paths'] = new Map();
  const metadata = (versions: readonly (Version | undefined)[], number: number) => {
    const one = versions[number - 1];
    return {
      created_time: one?.created ?? '',
      custom_metadata: null,
      deletion_time: one?.deleted ?? '',
      destroyed: one?.destroyed ?? false,
      version: number,
    };
  };

  function read(path: string, query: URLSearchParams): Response {
    const versions = paths.get(path) ?? [];
    const number = Number(query.get('version') ?? 0) || versions.length;
    const one = versions[number - 1];
    if (!one) return refuse(404);
    const gone = one.destroyed || one.deleted !== '';
    const data = { data: gone ? null : one.data, metadata: metadata(versions, number) };
    return answer(gone ? 404 : 200, enveloped({ data }));
  }

  function write(path: string, { body, now }: BaoCall): Response {
    const { data, options } = body as { data?: Data; options?: { cas?: number } };
    if (data === undefined) return refuse(400, 'no data provided');
    const versions = paths.get(path) ?? [];
    if (casRequired && options?.cas === undefined) {
      return refuse(400, 'check-and-set parameter required for this call');
    }
    if (options?.cas !== undefined && options.cas !== versions.length) {
      return refuse(400, 'check-and-set parameter did not match the current version');
    }
    const next = [...versions, version(data, new Date(now).toISOString())];
    paths.set(
      path,
      next.map((one, at) => (at < next.length - maxVersions ? undefined : one)),
    );
    return ok(metadata(next, next.length));
  }

  function change(path: string, numbers: readonly number[], act: (one: Version) => void): Response {
    for (const number of numbers) {
      const one = paths.get(path)?.[number - 1];
      if (one) act(one);
    }
    return done();
  }

  return {
    paths,
    exists: (path) => paths.has(path.replace(/^\w+\//, '')),
    handle(call) {
      const [, kind = '', path = ''] = /^(\w+)\/?(.*)$/.exec(call.path) ?? [];
      const numbers = (call.body.versions as readonly number[] | undefined) ?? [];
      switch (`${call.operation} ${kind}`) {
        case 'read data':
          return read(path, call.query);
        case 'write data':
          return write(path, call);
        case 'delete data':
          return change(path, [paths.get(path)?.length ?? 0], (one) => {
            if (one.deleted === '') one.deleted = new Date(call.now).toISOString();
          });
        case 'write undelete':
          return change(path, numbers, (one) => {
            one.deleted = '';
          });
        case 'write destroy':
          return change(path, numbers, (one) => {
            one.destroyed = true;
            one.data = null;
          });
        case 'delete metadata':
          paths.delete(path);
          return done();
        case 'list metadata':
          return list([...paths.keys()], path);
      }
      return refuse(404);
    },
  };
}

/** KV version 1: whatever is sent is what is kept, at any path. */
export function createKv1(): Engine {
  const paths: Engine['paths'] = new Map();
  return {
    paths,
    exists: (path) => paths.has(path),
    handle({ operation, path, body, now }) {
      const [one] = paths.get(path) ?? [];
      switch (operation) {
        case 'read':
          return one ? answer(200, enveloped({ data: one.data, lease_duration: 2_764_800 })) : refuse(404);
        case 'write':
          paths.set(path, [version(body, new Date(now).toISOString())]);
          return done();
        case 'delete':
          paths.delete(path);
          return done();
        case 'list':
          return list([...paths.keys()], path);
      }
    },
  };
}

/** One level: names, and folders with a slash at their end. */
function list(all: readonly string[], path: string): Response {
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  const below = all
    .filter((key) => key.startsWith(folder))
    .map((key) => key.slice(folder.length).replace(/\/.*$/, '/'));
  return below.length === 0 ? refuse(404) : ok({ keys: [...new Set(below)].sort() });
}
