import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { Secret } from '../../../kernel/secret.ts';
import { list, parsed } from '../../protocols/cf-v3/client.ts';
import type { Copy, CopyPlace, Held } from '../../protocols/copies/place.ts';
import type { CloudController } from '../client.ts';
import { app, proveApps, restart, staleMs } from './restart.ts';
import { annotations, callsAt, dueMark, isDue, jsonOf, named } from './space-place.ts';
import type { EnvironmentTarget } from './targets.ts';

type Send = CloudController['send'];
const namedApp = app.extend(named.shape);
const variables = z.looseObject({ var: z.record(z.string(), z.string()) });

/** Environment variables of an app, which it reads at its start. */
export const appEnvironment: CopyPlace<EnvironmentTarget> = {
  kind: 'app-environment',
  title: ({ org, space, app: name }) => `environment of app ${name} in ${org}/${space}`,
  segments: ({ org, space, app: name, passwordVariable }) => [org, space, name, passwordVariable],
  staleMs: ({ after }) => staleMs(after),

  async look(target, _expected, ctx): Promise<Held> {
    const send = await callsAt(target, target.space, ctx);
    const found = await appOf(target, send);
    if (!found) return { is: 'nowhere' };
    const { [target.passwordVariable]: password, ...others } = await variablesOf(target.api, found.guid, send);
    if (password === undefined) return { is: 'absent' };
    return {
      is: 'readable',
      secret: new Secret(password),
      ...(target.userVariable === undefined ? {} : { login: others[target.userVariable] ?? '' }),
      inEffect: !isDue(found, dueMark(target.passwordVariable)),
    };
  },

  async write(target, copy, ctx) {
    const { api, after } = target;
    const send = await callsAt(target, target.space, ctx);
    const found = await appOf(target, send);
    if (!found) throw noApp(target);
    const mark = dueMark(target.passwordVariable);
    const mine = variablesFor(target, copy);
    const before = await variablesOf(api, found.guid, send);
    const changed = Object.entries(mine).some(([name, value]) => before[name] !== value);
    const due = after !== 'none' && (changed || isDue(found, mark));
    // Variables and marks are two requests: the mark comes first, so that no crash between them loses the restart.
    if (due && changed) await annotate(api, found.guid, annotations(mark, String(copy.version)), send);
    if (changed) {
      await send({
        operation: 'update environment variables',
        url: `${api}/v3/apps/${found.guid}/environment_variables`,
        ...jsonOf('PATCH', { var: mine }),
      });
    }
    if (due) {
      await restart(found, after, api, send, ctx);
      await annotate(api, found.guid, annotations(mark, null), send);
    }
    return { app: found.name, after };
  },

  /** The app goes on with what it has read until it is started anew, which is its owner's. */
  async remove(target, _copy, ctx) {
    const { api, userVariable, passwordVariable } = target;
    const send = await callsAt(target, target.space, ctx);
    const found = await appOf(target, send);
    if (!found) return { app: target.app };
    const gone = [userVariable, passwordVariable].flatMap((name) =>
      name === undefined ? [] : [[name, null] as const],
    );
    await send({
      operation: 'update environment variables',
      url: `${api}/v3/apps/${found.guid}/environment_variables`,
      ...jsonOf('PATCH', { var: Object.fromEntries(gone) }),
    });
    const mark = dueMark(passwordVariable);
    if (isDue(found, mark)) await annotate(api, found.guid, annotations(mark, null), send);
    return { app: found.name };
  },

  async prove(target, ctx) {
    const send = await callsAt(target, target.space, ctx);
    const found = await appOf(target, send);
    return proveApps(found ? [found] : [], target.after, target.api, send);
  },
};

async function appOf({ api, spaceGuid, app: name }: EnvironmentTarget, send: Send) {
  const url = new URL('/v3/apps', api);
  url.searchParams.set('names', name);
  url.searchParams.set('space_guids', spaceGuid);
  return (await list(send, { operation: 'find app', url }, namedApp)).resources[0];
}

/** Environment variables of an app: for Space Developers and Space Supporters. */
export async function variablesOf(api: string, guid: string, send: Send): Promise<Readonly<Record<string, string>>> {
  const operation = 'read environment variables';
  const answer = await send({ operation, url: `${api}/v3/apps/${guid}/environment_variables` });
  return parsed(variables, await answer.json(), operation).var;
}

function variablesFor(
  { userVariable, passwordVariable }: EnvironmentTarget,
  { login, secret }: Copy,
): Readonly<Record<string, string>> {
  return {
    ...(userVariable === undefined || login === undefined ? {} : { [userVariable]: login }),
    [passwordVariable]: secret.reveal(),
  };
}

async function annotate(api: string, guid: string, body: object, send: Send): Promise<void> {
  await send({ operation: 'mark app', url: `${api}/v3/apps/${guid}`, ...jsonOf('PATCH', body) });
}

function noApp({ app: name, org, space }: EnvironmentTarget): RemoteError {
  return new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'cf',
    operation: `update environment variables of app ${name}`,
    status: 404,
    remedy: `push the app to ${org}/${space}, then run \`locum apply\` again`,
  });
}
