import { describe, expect, test } from 'vitest';
import { error } from './cloud-controller.ts';
import { openScene } from './scene.ts';
import { CALLERS, type Caller, type Scene } from './stage.ts';

/**
 * What a call is answered to whom, as the request specs of cloud_controller_ng (3bbba90, spec/request) have it: facts, in
 * words of our own.
 */
export interface Permission {
  /** `PATCH /v3/spaces/{space}`: what stands in braces is a thing of the scene; leaves of it are made for each caller. */
  readonly call: string;
  /** Braces in its texts stand for things, too. */
  readonly body?: unknown;
  /** `403, 201 admin org_manager, 404 no_role`: first what everybody gets, then the others. */
  readonly gets: string;
  /** Whom a suspended org keeps from it, with CF-OrgSuspended. @default not asked */
  readonly suspended?: string;
  /** The thing that a list shows to those who are named, and to nobody else; the call names it as `{listed}`. */
  readonly lists?: string;
  readonly to?: string;
  /** It takes the org or the space away, so that each caller needs another one. @default false */
  readonly destroys?: boolean;
}

/** Those who do not see what is in a space of their org, and who has no role in it at all. */
export const OUTSIDE = 'org_auditor org_billing_manager no_role';
/** Those who see a space. */
export const INSIDE =
  'admin admin_read_only global_auditor org_manager space_manager space_auditor space_developer space_supporter';

/** Makes a test of each row. */
export function permissionsOf(what: string, table: readonly Permission[]): void {
  describe(`${what}, by role`, () => {
    test.each(table.map((row) => [row.call, row] as const))('%s', async (_call, row) => {
      const scene = await openScene();
      await judge(scene, row, statusesOf(row.gets));
      if (row.suspended === undefined) return;
      const kept = rolesIn(row.suspended);
      await judge(scene, row, new Map([...statusesOf(row.gets), ...kept.map((role) => [role, 403] as const)]), kept);
    });
  });
}

async function judge(
  scene: Scene,
  row: Permission,
  expected: ReadonlyMap<Caller, number>,
  suspended?: readonly Caller[],
): Promise<void> {
  const found: Partial<Record<Caller, number>> = {};
  const shown: Caller[] = [];
  for (const role of CALLERS) {
    if (row.destroys) await scene.renew();
    const thing = row.lists === undefined ? undefined : await scene.fill(row.lists);
    const call = row.call.replace('{listed}', thing ?? '');
    const [method = '', path = ''] = (await scene.fill(call)).split(' ');
    const body = row.body === undefined ? undefined : JSON.parse(await scene.fill(JSON.stringify(row.body)));
    if (suspended) await scene.suspend(true);
    const answer = await scene.as(role).send(method, path, body);
    if (suspended) await scene.suspend(false);
    found[role] = answer.status;
    if (suspended?.includes(role)) expect([role, answer.body]).toEqual([role, SUSPENDED]);
    const { resources = [] } = answer.body as { resources?: readonly { guid: string }[] };
    if (thing !== undefined && resources.some((one) => one.guid === thing)) shown.push(role);
  }
  expect(found).toEqual(Object.fromEntries(CALLERS.map((role) => [role, expected.get(role)])));
  if (row.lists !== undefined) expect(shown.sort()).toEqual(rolesIn(row.to ?? '').sort());
}

const SUSPENDED = error('The organization is suspended', 'CF-OrgSuspended', 10017);

function statusesOf(text: string): ReadonlyMap<Caller, number> {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const all = CALLERS.map((role) => [role, Number(first)] as const);
  const named = others.flatMap((part) => {
    const [status, ...roles] = part.split(' ');
    return rolesIn(roles.join(' ')).map((role) => [role, Number(status)] as const);
  });
  return new Map([...all, ['nobody', 401] as const, ...named]);
}

/** Names of roles; a plain member of an org has no right that a billing manager of it has not, and none less. */
function rolesIn(text: string): Caller[] {
  const roles = text.split(' ').filter((name) => name !== '');
  const strange = roles.filter((name) => !(CALLERS as readonly string[]).includes(name));
  if (strange.length > 0) throw new Error(`no role: ${strange.join(', ')}`);
  const members = roles.includes('org_billing_manager') && !roles.includes('org_user') ? ['org_user'] : [];
  return [...roles, ...members] as Caller[];
}
