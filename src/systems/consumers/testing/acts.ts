import type { Inventory } from '../../../kernel/inventory.ts';
import { observe } from '../../../kernel/observe/observe.ts';
import { expandGraph, resourceTypes } from '../../../kernel/plan/graph.ts';
import { diffAll, makePlan } from '../../../kernel/plan/make-plan.ts';
import { DEFAULT_PLAN_OPTIONS } from '../../../kernel/plan/plan.ts';
import type { Credential } from '../../../kernel/rotate/credential.ts';
import { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { consumers } from '../index.ts';
import { placeOf, targetsOf } from '../section.ts';
import { AT } from './context.ts';

/** Login name of the technical user of `contextOn`. */
export const LOGIN = 'robot@sap-test.de';
/** His password, as a rotation knows it. */
export const CREDENTIAL: Credential = {
  kind: 'ias/password',
  address: 'ias/password:acme-platform/robot',
  vaultName: 'acme/robot',
  user: 'robot',
  login: LOGIN,
  props: {},
};
/** Nothing but the global account. */
export const inventory: Inventory = {
  globalAccount: { guid: 'ga', subdomain: 'acme', displayName: 'acme' },
  directories: [],
  subaccounts: [],
};

/** Keeps a new current version in the vault. */
export async function keep(ctx: SystemContext, text: string, at = AT): Promise<number> {
  const { version } = await ctx.vault.propose('acme/robot', new Secret(text), at);
  await ctx.vault.promote('acme/robot', version, at);
  return version;
}

/** What the one place of the manifest tells of itself, or throws. */
export async function lookIn(ctx: SystemContext) {
  const [user] = ctx.manifest.technicalUsers;
  const [target] = user ? targetsOf(user) : [];
  if (!target) throw new Error('the manifest has no place');
  return placeOf(target).look(target, undefined, ctx);
}

/** The one place of the manifest, as a rotation sees it. */
export async function placeIn(ctx: SystemContext) {
  const [user] = ctx.manifest.technicalUsers;
  const [target] = user ? targetsOf(user) : [];
  if (!target) throw new Error('the manifest has no place');
  const kind = (consumers.consumers ?? []).find((one) => one.kind === `consumers/${placeOf(target).kind}`);
  const consumer = async () => {
    const [found] = (await kind?.find([CREDENTIAL], inventory, ctx))?.consumers ?? [];
    if (!kind || !found) throw new Error('the place is not found');
    return { kind, found };
  };
  const delivery = (text: string, version: number) => ({ credential: CREDENTIAL, secret: new Secret(text), version });
  return {
    find: async () => (await consumer()).found,
    async deliver(text: string, version: number) {
      const { kind: one, found } = await consumer();
      return one.deliver(found, delivery(text, version), ctx);
    },
    async holds(text: string, version: number) {
      const { kind: one, found } = await consumer();
      return one.holds(found, delivery(text, version), ctx);
    },
  };
}

/** What `plan` and `apply` do with it. */
export async function planOn(ctx: SystemContext, adopt = false) {
  const graph = expandGraph([consumers], ctx.manifest, inventory);
  const types = resourceTypes([consumers]);
  const observed = await observe(graph, types, ctx);
  const input = {
    manifest: ctx.manifest,
    inventory,
    graph,
    observed,
    types,
    options: { ...DEFAULT_PLAN_OPTIONS, adopt },
    now: ctx.now(),
  };
  const apply = async () => {
    const diffs = diffAll(input);
    for (const resource of graph.resources.values()) {
      const diff = diffs.get(resource.address);
      if (!diff || diff.action === 'none' || diff.action === 'blocked') continue;
      await types.get(resource.type)?.converge({ resource, action: diff.action, observed: undefined }, ctx);
    }
  };
  return { plan: makePlan(input), apply };
}
