import { address } from '../../kernel/address.ts';
import { ConfigError, RemoteError } from '../../kernel/errors.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Change, Diff, Extra, Resource, ResourceType, SystemContext } from '../../kernel/system.ts';
import { btpSession } from '../protocols/btp-cli/client.ts';
import { readShown, removeShown } from './accounts-view.ts';
import { destinationClient, type StoredDestination } from './client.ts';
import { type DestinationProps, type Face, faceOf, OWNER_PROPERTY, serviceKeysOf } from './section.ts';

/** A destination as observed, without its secrets. */
export interface DestinationObserved {
  /** Every property that holds no secret. */
  readonly properties: Readonly<Record<string, string>>;
  /** The stored password compared with the vault's current one; without one in the vault nothing matches. */
  readonly password: 'matches' | 'differs' | 'absent';
  /** Whether `clientSecret` is non-empty; that of client `cf` must be empty. */
  readonly clientSecret: boolean;
  /** Names of other properties that hold secrets. */
  readonly otherSecrets: readonly string[];
}

type DestinationResource = Resource<DestinationProps>;

/** A destination on subaccount level that holds the credentials of a technical user. */
export const destinationType: ResourceType<DestinationProps, DestinationObserved> = {
  type: 'destination/destination',

  async observe(_scope, wanted, ctx) {
    const first = wanted[0];
    if (!first) return { objects: new Map(), extras: [] };
    const client = await destinationClient(ctx, first.props.subaccount);
    const listed = new Map((await client.list()).map((stored) => [stored.name, stored]));
    const objects = new Map<string, DestinationObserved>();
    for (const resource of wanted) {
      const stored = listed.get(resource.props.name);
      if (stored) objects.set(resource.address, await observeStored(stored, resource.props, ctx));
      listed.delete(resource.props.name);
    }
    return { objects, extras: [...listed.values()].flatMap((stored) => extraOf(stored, first, ctx) ?? []) };
  },

  diff(resource, seen, options): Diff {
    const { props } = resource;
    if (!seen) {
      const changes = Object.entries(props.properties).map(([path, after]) => ({ path, after }));
      return { action: 'create', changes: [...changes, { path: 'Password', sensitive: true }] };
    }
    const owner = seen.properties[OWNER_PROPERTY];
    const foreign = owner === undefined || ![props.owner, props.other?.owner].includes(owner);
    if (foreign && !options.adopt) return { action: 'blocked', finding: notOurs(resource, owner) };
    const face = faceOf(props, seen.properties.User);
    // A new password of the user has to get here, although the old one still matches the vault.
    const renewed = resource.needs.some((needed) => needed.endsWith(`/${nameOf(face)}`) && options.changing(needed));
    const changes = [...propertyChanges(face.properties, seen.properties), ...secretChanges(seen, renewed)];
    return changes.length === 0 ? { action: 'none' } : { action: 'update', changes };
  },

  async converge({ resource, action, observed: before }, ctx) {
    const { props } = resource;
    // Found where the manifest has no service key (any more): an administrator's session does as well.
    if (action === 'delete' && !serviceKeysOf(ctx.manifest).has(props.subaccount.name)) {
      return removeByCommand(props, ctx);
    }
    const client = await destinationClient(ctx, props.subaccount);
    if (action === 'create') {
      await client.create(props.properties, await passwordOf(props.owner, ctx));
      return { destination: props.name };
    }
    const now = await client.read(props.name);
    if (!now) {
      if (action === 'delete') return { destination: props.name };
      throw changedMeanwhile('update destination');
    }
    // Overwriting is all or nothing: what somebody changed after the plan was made must not be lost unseen. A removal
    // has nothing observed to compare with, but its mark.
    const same = before ? sameAsObserved(before, now.stored) : now.stored.properties[OWNER_PROPERTY] === props.owner;
    if (!same) throw changedMeanwhile(`${action} destination`);
    const face = faceOf(props, now.stored.properties.User);
    if (action === 'delete') await client.delete(props.name, now.etag);
    else await client.replace(face.properties, await passwordOf(face.owner, ctx), now.etag);
    return { destination: props.name, ...(now.etag === undefined ? {} : { replaced: now.etag }) };
  },
};

/** What is stored, judged by the user that it names. */
export async function observeStored(
  stored: StoredDestination,
  props: DestinationProps,
  ctx: SystemContext,
): Promise<DestinationObserved> {
  const password = stored.secrets.get('Password');
  const current = await ctx.vault.open(faceOf(props, stored.properties.User).owner, 'current');
  const matches = password !== undefined && current !== undefined && password.equals(current.secret);
  return {
    properties: stored.properties,
    password: matches ? 'matches' : password === undefined || password.reveal() === '' ? 'absent' : 'differs',
    clientSecret: hasClientSecret(stored),
    otherSecrets: otherSecrets(stored),
  };
}

/** Name of the technical user. */
function nameOf({ owner }: Face): string {
  return owner.slice(owner.lastIndexOf('/') + 1);
}

function hasClientSecret(stored: StoredDestination): boolean {
  return (stored.secrets.get('clientSecret')?.reveal() ?? '') !== '';
}

function otherSecrets(stored: StoredDestination): readonly string[] {
  return [...stored.secrets.keys()].filter((name) => name !== 'Password' && name !== 'clientSecret').sort();
}

function sameAsObserved(before: DestinationObserved, stored: StoredDestination): boolean {
  return (
    propertyChanges(before.properties, stored.properties).length === 0 &&
    before.clientSecret === hasClientSecret(stored) &&
    before.otherSecrets.join('\n') === otherSecrets(stored).join('\n')
  );
}

/** What has to change for `after`, sorted by name; a property that only `before` has is removed. */
function propertyChanges(
  after: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): readonly Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])].sort();
  return names
    .filter((path) => after[path] !== before[path])
    .map((path) => ({
      path,
      ...(before[path] === undefined ? {} : { before: before[path] }),
      ...(after[path] === undefined ? {} : { after: after[path] }),
    }));
}

function secretChanges(seen: DestinationObserved, renewed: boolean): readonly Change[] {
  const paths = [
    ...(seen.password === 'matches' && !renewed ? [] : ['Password']),
    ...(seen.clientSecret ? ['clientSecret'] : []),
    ...seen.otherSecrets,
  ];
  return paths.map((path) => ({ path, sensitive: true }));
}

function notOurs(resource: DestinationResource, owner: string | undefined) {
  const { name, subaccount } = resource.props;
  return {
    code: 'DESTINATION_NOT_OURS',
    severity: 'error' as const,
    subject: resource.address,
    because: owner
      ? `destination '${name}' in '${subaccount.name}' belongs to ${owner}`
      : `destination '${name}' in '${subaccount.name}' exists and does not carry our mark`,
    remedy: 'give ours another name, or take it over with `locum apply --adopt` (its properties are overwritten)',
  };
}

/**
 * Destinations nobody declares: those with our mark can be removed; those that only use one of our technical users are
 * somebody else's and are just told, because a new password would break them.
 */
function extraOf(stored: StoredDestination, sibling: DestinationResource, ctx: SystemContext): Extra | undefined {
  const mark = stored.properties[OWNER_PROPERTY];
  const marked = mark?.startsWith(`${ctx.manifest.name}/`) ? mark.slice(ctx.manifest.name.length + 1) : undefined;
  const userName = stored.properties.User?.toLowerCase();
  const used = ctx.manifest.technicalUsers.find((user) => user.email === userName);
  const user = marked ?? used?.name;
  if (user === undefined) return;
  const { subaccount } = sibling.props;
  return {
    type: 'destination/destination',
    address: address('destination', 'destination', subaccount.name, stored.name),
    user,
    scope: sibling.scope,
    removable: marked !== undefined,
    props: {
      name: stored.name,
      subaccount,
      owner: mark ?? '',
      properties: stored.properties,
    },
  };
}

async function removeByCommand({ name, subaccount, owner }: DestinationProps, ctx: SystemContext) {
  const session = await btpSession(ctx);
  const level = { subaccount: subaccount.guid };
  const found = await readShown(session, level, name);
  if (!found) return { destination: name };
  if (found.properties[OWNER_PROPERTY] !== owner) throw changedMeanwhile('delete destination');
  await removeShown(session, level, name);
  return { destination: name };
}

async function passwordOf(owner: string, ctx: SystemContext): Promise<Secret> {
  const current = await ctx.vault.open(owner, 'current');
  if (current) return current.secret;
  throw new ConfigError('ERR_CONFIG_SECRET', `the vault has no password of ${owner}`, {
    remedy: 'run `locum apply`: it sets a password before it writes the destination',
  });
}

function changedMeanwhile(operation: string): RemoteError {
  return new RemoteError('ERR_REMOTE_CONFLICT', {
    system: 'destination',
    operation,
    status: 412,
    serviceCode: 'changed since it was observed',
    remedy: 'run `locum plan` again: somebody changed the destination meanwhile',
  });
}
