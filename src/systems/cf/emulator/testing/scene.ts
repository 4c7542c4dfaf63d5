import type { Emulators } from '../../../../emulation/compose.ts';
import { SPACE_ROLES } from '../../../protocols/cf-v3/wire.ts';
import { type Session, sessionOf, startTestLandscape, type TestLandscapeOptions, tokenOf } from './landscape.ts';
import { CALLERS, type Caller, grant, made, next, type Scene } from './stage.ts';
import { MAKERS } from './things.ts';

const GLOBAL: readonly Caller[] = ['admin', 'admin_read_only', 'global_auditor'];

let landscape: Promise<{
  emulators: Emulators;
  sessions: ReadonlyMap<Caller, Session>;
  guids: ReadonlyMap<Caller, string>;
}>;

/** One landscape serves all scenes of a file: each has an org of its own. With switches it has a landscape of its own, too. */
export async function openScene(options: Pick<TestLandscapeOptions, 'switches'> = {}): Promise<Scene> {
  landscape ??= startLandscape();
  const { emulators, sessions, guids } = await (options.switches ? startLandscape(options) : landscape);
  const as = (caller: Caller): Session => sessions.get(caller) ?? sessionOf(emulators, undefined);
  const root = as('admin');
  const fixed = new Map<string, string>();
  const scene: Scene = { emulators, root, as, fill, thing, once, suspend, renew };

  async function fill(text: string): Promise<string> {
    const made = new Map<string, string>();
    for (const [braces = '', name = ''] of text.matchAll(/\{(\w+)\}/g)) {
      if (!made.has(braces)) made.set(braces, await thing(name));
    }
    return text.replaceAll(/\{\w+\}/g, (braces) => made.get(braces) ?? braces);
  }

  async function thing(name: string): Promise<string> {
    const known = fixed.get(name) ?? guids.get(name as Caller);
    if (known !== undefined) return known;
    const make = MAKERS[name];
    if (!make) throw new Error(`nothing is called {${name}}`);
    return await make(scene);
  }

  async function once(name: string, make: () => Promise<string>): Promise<string> {
    const guid = fixed.get(name) ?? (await make());
    fixed.set(name, guid);
    return guid;
  }

  async function suspend(suspended: boolean): Promise<void> {
    await made(root, 'PATCH', `/v3/organizations/${fixed.get('org')}`, { suspended });
  }

  async function renew(): Promise<void> {
    fixed.clear();
    const org = await made(root, 'POST', '/v3/organizations', { name: `org-${next()}` });
    const space = await made(root, 'POST', '/v3/spaces', {
      name: `space-${next()}`,
      relationships: { organization: { data: { guid: org } } },
    });
    fixed.set('org', org);
    fixed.set('space', space);
    for (const caller of CALLERS) {
      if (GLOBAL.includes(caller) || caller === 'no_role' || caller === 'nobody') continue;
      await grant(root, 'organization_user', guids.get(caller) ?? '', { organization: org });
      const type = caller.replace('org_', 'organization_');
      if ((SPACE_ROLES as readonly string[]).includes(type))
        await grant(root, type, guids.get(caller) ?? '', { space });
      else if (type !== 'organization_user') await grant(root, type, guids.get(caller) ?? '', { organization: org });
    }
  }

  await renew();
  return scene;
}

async function startLandscape(options: Pick<TestLandscapeOptions, 'switches'> = {}) {
  const people = CALLERS.filter((caller) => caller !== 'nobody');
  const uaaUsers = people.map((userName) => ({
    landscape: 'eu10-004',
    userName,
    password: `PASSWORD_${userName}`,
    groups: GLOBAL.includes(userName) ? [`cloud_controller.${userName}`] : [],
  }));
  const emulators = await startTestLandscape({ ...options, cf: { uaaUsers } });
  const sessions = new Map<Caller, Session>();
  const guids = new Map<Caller, string>();
  for (const caller of people) {
    const token = await tokenOf(emulators, { username: caller, credential: `PASSWORD_${caller}`, origin: 'uaa' });
    sessions.set(caller, sessionOf(emulators, token));
    const { user_id: guid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      user_id: string;
    };
    guids.set(caller, guid);
    await sessions.get(caller)?.get('/v3/organizations');
  }
  return { emulators, sessions, guids };
}
