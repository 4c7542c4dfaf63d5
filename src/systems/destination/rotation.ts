import { address } from '../../kernel/address.ts';
import { InvariantError, RemoteError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { Consumer, ConsumerKind, ConsumerProof, Delivery } from '../../kernel/rotate/consumer.ts';
import type { Credential } from '../../kernel/rotate/credential.ts';
import type { Resource, Subject, SystemContext } from '../../kernel/system.ts';
import { destinationClient, type StoredDestination } from './client.ts';
import { tryConsumer } from './consumer.ts';
import { observeStored } from './destination.ts';
import { addressOf, type Placed, shownEverywhere, titleOf, usersIn } from './everywhere.ts';
import { type DestinationProps, expandUser, OWNER_PROPERTY, serviceKeysOf } from './section.ts';
import { attemptToken, type DeclaredDestination } from './token-attempt.ts';
import { type TransportNodes, transportNodes } from './transport-nodes.ts';

/** A destination as a place that holds a credential. */
interface Held {
  readonly name: string;
  readonly subaccount: { readonly guid: string; readonly name: string };
  /** Its declaration; absent for one that only carries our mark, or belongs to somebody else. */
  readonly declared?: DestinationProps;
  /** The account model, to prove it as its consumer would. */
  readonly inventory: Inventory;
}

/** The service tells of a change within five minutes (SAP help, con 452357c); clients keep a token, not the password. */
const STALE_MS = 5 * 60_000;

/** Destinations that log in with a credential: found by looking, in every subaccount. */
export const destinationConsumers: ConsumerKind<Held> = {
  kind: 'destination/destination',

  async find(credentials, inventory, ctx) {
    const [{ shown, unread }, nodes] = await Promise.all([
      shownEverywhere(inventory.subaccounts, ctx),
      transportNodes(ctx),
    ]);
    // Nodes hold nothing themselves: their destinations are found without them, so one that can't be read gates nothing.
    for (const { where } of nodes.unread) ctx.log('ctms.unread', { where });
    const known: Known = {
      byUser: byUserName(credentials),
      byClient: new Map(
        credentials.flatMap((credential) => (credential.login ? [[credential.login, credential]] : [])),
      ),
      byOwner: new Map(credentials.map((credential) => [credential.vaultName, credential])),
      declared: declaredOf(inventory, ctx),
      writable: new Set(serviceKeysOf(ctx.manifest).keys()),
      nodes,
      inventory,
    };
    return { consumers: shown.flatMap((one) => consumerOf(one, known) ?? []), unread };
  },

  async holds({ props }, { credential, secret }, ctx) {
    const found = await (await destinationClient(ctx, props.subaccount)).read(props.name);
    if (!found) return 'unknown';
    const { properties, secrets } = found.stored;
    const named = properties.User?.toLowerCase() === credential.login?.toLowerCase();
    return named && secrets.get('Password')?.equals(secret) === true ? 'this' : 'other';
  },

  async deliver({ props }, { credential, secret }, ctx) {
    const client = await destinationClient(ctx, props.subaccount);
    const now = await client.read(props.name);
    if (!now) {
      throw new RemoteError('ERR_REMOTE_NOT_FOUND', {
        system: 'destination',
        operation: 'update destination',
        status: 404,
        remedy: 'run `locum apply`: it writes the destination anew',
      });
    }
    // Only what the credential decides is changed; the version that was read keeps somebody else's change.
    const properties = { ...now.stored.properties, [OWNER_PROPERTY]: credential.vaultName };
    await client.replace(
      credential.login === undefined ? properties : { ...properties, User: credential.login },
      secret,
      now.etag,
    );
    return { destination: props.name, ...(now.etag === undefined ? {} : { replaced: now.etag }) };
  },

  prove: (consumer, delivery, ctx) => proveDestination(consumer, delivery, ctx),
};

/** The declared destinations by subaccount and name. */
function declaredOf(inventory: Inventory, ctx: SystemContext): ReadonlyMap<string, DestinationProps> {
  const expanded = ctx.manifest.technicalUsers
    .filter(({ twin }) => twin?.first !== false)
    .flatMap((user) => expandUser(ctx.manifest, inventory, user).resources as readonly Resource<DestinationProps>[]);
  return new Map(expanded.map(({ props }) => [`${props.subaccount.guid}/${props.name}`, props]));
}

/** What every destination is compared with. */
interface Known {
  readonly byUser: ReadonlyMap<string, Credential>;
  /** By what a destination names as `clientId`. */
  readonly byClient: ReadonlyMap<string, Credential>;
  readonly byOwner: ReadonlyMap<string, Credential>;
  readonly declared: ReadonlyMap<string, DestinationProps>;
  /** Names of subaccounts for which the manifest has a service key. */
  readonly writable: ReadonlySet<string>;
  readonly nodes: TransportNodes;
  readonly inventory: Inventory;
}

/** Credentials by e-mail and by login name at the identity provider, in lower case: destinations name either. */
function byUserName(credentials: readonly Credential[]): ReadonlyMap<string, Credential> {
  return new Map(
    credentials.flatMap((credential) =>
      [credential.user, credential.login].flatMap((name) =>
        name === undefined ? [] : [[name.toLowerCase(), credential] as const],
      ),
    ),
  );
}

function consumerOf(one: Placed, known: Known): Consumer<Held> | undefined {
  const { kind, name, properties, subaccount, instance } = one;
  /** What Locum writes is on the level of the subaccount, and no fragment. */
  const written = kind === 'destination' && instance === undefined;
  const holds = [
    ...usersIn(properties).map((user) => known.byUser.get(user)),
    known.byClient.get(properties.clientId ?? ''),
  ].find((credential) => credential !== undefined);
  const owned = known.byOwner.get(properties[OWNER_PROPERTY] ?? '');
  const declared = written ? known.declared.get(`${subaccount.guid}/${name}`) : undefined;
  if (!holds && !owned) return undefined;
  const ours = owned !== undefined && written && known.writable.has(subaccount.name);
  const faces = declared ? [declared.owner, declared.other?.owner].filter((one) => one !== undefined) : [];
  const mine = [holds?.vaultName, owned?.vaultName].filter((one) => one !== undefined);
  return {
    kind: 'destination/destination',
    address: addressOf(one),
    title: `${titleOf(one)}${written ? known.nodes.behind(subaccount.name, name) : ''}`,
    ours,
    credentials: [...new Set([...faces, ...mine])],
    ...(holds ? { holds: holds.vaultName } : {}),
    staleMs: STALE_MS,
    props: {
      name,
      subaccount: { guid: subaccount.guid, name: subaccount.name },
      ...(declared ? { declared } : {}),
      inventory: known.inventory,
    },
  };
}

/** As doctor does: with a token that is got as the destination's consumer gets it, and a call that its consumer makes. */
async function proveDestination(
  { props }: Consumer<Held>,
  { credential }: Delivery,
  ctx: SystemContext,
): Promise<ConsumerProof> {
  const resource = asResource(props, credential);
  if (!resource) return { status: 'unproven', because: 'no manifest declares what it leads to' };
  const subject = await subjectOf(resource, credential, props.inventory, ctx);
  const attempt = await attemptToken(subject, resource, ctx);
  if (attempt.status !== 'token') {
    const { status, because, remedy, code } = attempt;
    return status === 'failed' ? { status, because, remedy, code } : { status: 'unproven', because };
  }
  const verdict = await tryConsumer(resource, attempt, ctx);
  if (verdict.status === 'failed') {
    const { because, remedy, code } = verdict;
    return { status: 'failed', because, remedy, code };
  }
  return { status: 'proven', evidence: [attempt.how, ...verdict.evidence] };
}

function asResource({ declared, name }: Held, credential: Credential): DeclaredDestination | undefined {
  if (!declared?.target) return undefined;
  const { target } = declared;
  return {
    type: 'destination/destination',
    address: address('destination', 'destination', declared.subaccount.name, name),
    scope: declared.subaccount.name,
    needs: [],
    user: credential.user,
    props: { ...declared, target },
  };
}

async function subjectOf(
  resource: DeclaredDestination,
  credential: Credential,
  inventory: Inventory,
  ctx: SystemContext,
): Promise<Subject> {
  const user = ctx.manifest.technicalUsers.find(({ name }) => name === credential.user);
  const identityProvider = ctx.manifest.identityProviders.find(({ name }) => name === user?.identityProvider);
  if (!user || !identityProvider) throw new InvariantError(`${credential.user} is not declared`);
  const client = await destinationClient(ctx, resource.props.subaccount);
  const stored: StoredDestination | undefined = (await client.read(resource.props.name))?.stored;
  const observed = stored ? await observeStored(stored, resource.props, ctx) : undefined;
  return {
    user,
    identityProvider,
    resources: [resource],
    inventory,
    observed: (at) => (at === resource.address ? observed : undefined),
    diff: () => undefined,
    unobserved: () => undefined,
  };
}
