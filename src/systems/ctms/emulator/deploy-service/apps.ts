import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { pageOf } from '../../../protocols/cf-v3/wire.ts';
import type { ArchiveModule } from './archive.ts';
import { apiUrl, type Caller } from './authentication.ts';
import type { Mta } from './store.ts';

const app = z.looseObject({ guid: z.string(), name: z.string() });

/** The Cloud Controller refused; the text goes into the operation's messages. */
export class ControllerError extends Error {}

/** The apps of MTAs at the Cloud Controller, changed with the caller's token. Where it has no apps (501) there are none. */
export interface Apps {
  /** Creates the app of a module, or finds the one that is there; gives its GUID. @throws ControllerError */
  ensure(caller: Caller, mta: Mta, module: ArchiveModule): Promise<string | undefined>;
  /** With `mta`, the app is marked as one of a module of it from then on. @throws ControllerError */
  rename(caller: Caller, guid: string, name: string, mta?: MarkedBy): Promise<void>;
  /** @throws ControllerError */
  remove(caller: Caller, guid: string): Promise<void>;
}

type MarkedBy = Pick<Mta, 'id' | 'version' | 'namespace'> & { readonly module: Pick<ArchiveModule, 'moduleName'> };

export function createApps(ctx: Pick<EmulatorContext, 'fetch'>): Apps {
  async function call(caller: Caller, method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await ctx.fetch(`${apiUrl(caller.landscape)}${path}`, init).catch(() => undefined);
    if (!response) throw new ControllerError('Controller operation failed: 503 Service Unavailable');
    return response;
  }

  const refused = async (response: Response): Promise<ControllerError> =>
    new ControllerError(`Controller operation failed: ${response.status} ${(await response.text()).slice(0, 500)}`);

  return {
    async ensure(caller, mta, module) {
      const query = `names=${encodeURIComponent(module.appName)}&space_guids=${mta.space}`;
      const known = await call(caller, 'GET', `/v3/apps?${query}`);
      if (known.status === 501) return undefined;
      if (!known.ok) throw await refused(known);
      const [found] = pageOf(app).parse(await known.json()).resources;
      const metadata = metadataOf(mta, module);
      const response = found
        ? await call(caller, 'PATCH', `/v3/apps/${found.guid}`, { metadata })
        : await call(caller, 'POST', '/v3/apps', {
            name: module.appName,
            relationships: { space: { data: { guid: mta.space } } },
            metadata,
          });
      // An emulated Cloud Controller may have apps and not all that can be done with them.
      if (response.status === 501) return found?.guid;
      if (!response.ok) throw await refused(response);
      return app.parse(await response.json()).guid;
    },
    async rename(caller, guid, name, mta) {
      const body = mta === undefined ? { name } : { name, metadata: changed(metadataOf(mta, mta.module)) };
      const response = await call(caller, 'PATCH', `/v3/apps/${guid}`, body);
      if (!response.ok && response.status !== 501) throw await refused(response);
    },
    async remove(caller, guid) {
      const response = await call(caller, 'DELETE', `/v3/apps/${guid}`);
      if (!response.ok && response.status !== 404 && response.status !== 501) throw await refused(response);
    },
  };
}

/** By these the service and its clients recognize apps (multiapps-controller, MtaMetadataBuilder). Labels are short: hence the hash. */
function metadataOf({ id, version, namespace }: Omit<MarkedBy, 'module'>, module: MarkedBy['module']) {
  const hashed = (text: string) => createHash('md5').update(text).digest('hex');
  return {
    labels: { mta_id: hashed(id), ...(namespace === undefined ? {} : { mta_namespace: hashed(namespace) }) },
    annotations: {
      mta_id: id,
      mta_version: version,
      ...(namespace === undefined ? {} : { mta_namespace: namespace }),
      mta_module: JSON.stringify({ name: module.moduleName }),
    },
  };
}

/** What takes the place of earlier metadata: null takes a namespace away. */
function changed({ labels, annotations }: ReturnType<typeof metadataOf>) {
  return { labels: { mta_namespace: null, ...labels }, annotations: { mta_namespace: null, ...annotations } };
}
