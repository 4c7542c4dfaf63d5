import { InvariantError, isNews } from '../errors.ts';
import type { Unread } from '../identity.ts';
import type { Inventory } from '../inventory.ts';
import type { Manifest, TechnicalUser } from '../manifest/types.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';
import type { Credential, CredentialKind, CredentialState } from './credential.ts';
import type { Job, Place } from './job.ts';
import { strategyOf } from './kinds.ts';
import type { Strategy } from './record.ts';
import { tokensOf } from './tokens.ts';
import { gather } from './traces.ts';

/** A credential with everything that decides how it is rotated. */
export interface Surveyed extends Job {
  readonly strategy: Strategy;
  readonly state: CredentialState;
}

interface Known {
  readonly credential: Credential;
  readonly kind: CredentialKind;
}

/** Every credential that a manifest declares; without an inventory those of technical users only. Pure. */
export function credentialsOf(
  systems: readonly SystemDefinition[],
  manifest: Manifest,
  inventory?: Inventory,
): readonly Known[] {
  return systems
    .flatMap((system) => system.credentials ?? [])
    .flatMap((kind: CredentialKind) => kind.expand(manifest, inventory).map((credential) => ({ credential, kind })));
}

export interface SurveyInput {
  readonly systems: readonly SystemDefinition[];
  readonly inventory: Inventory;
  /** Parts of the account model that could not be read. @default [] */
  readonly unread?: readonly Unread[];
  readonly ctx: SystemContext;
  /** Names of technical users, of twins together, or of credentials. @default all */
  readonly names?: readonly string[];
  /** Vault names of credentials with an open rotation: with twins these go on. */
  readonly open: ReadonlySet<string>;
  /** After a leak a twin that is named alone and that nobody uses gets a new secret alone. @default false */
  readonly compromised?: boolean;
}

/** Looks at credentials and at everything that holds them, in bulk. */
export async function survey(input: SurveyInput): Promise<readonly Surveyed[]> {
  const { systems, inventory, ctx, names, compromised = false } = input;
  const all = credentialsOf(systems, ctx.manifest, inventory);
  const twins = twinsOf(ctx.manifest);
  const wanted = all.filter(({ credential: { user, vaultName } }) => {
    if (!names) return true;
    return [user, vaultName, twins.get(user)?.of].some((name) => name !== undefined && names.includes(name));
  });
  const pairs = (user: string) => all.filter(({ credential }) => credential.user === twins.get(user)?.other);
  const concerned = [...new Set(wanted.flatMap((known) => [known, ...pairs(known.credential.user)]))];
  const [states, { places, unread }] = await Promise.all([
    inspectAll(concerned, ctx),
    findPlaces(
      systems,
      concerned.map(({ credential }) => credential),
      inventory,
      ctx,
    ),
  ]);
  const surveyed: Surveyed[] = [];
  const done = new Set<string>();
  for (const known of wanted) {
    const { user } = known.credential;
    const other = concerned.find(({ credential }) => credential.user === twins.get(user)?.other);
    if (done.has(known.credential.vaultName)) continue;
    done.add(known.credential.vaultName);
    const both = other ? [known.credential, other.credential] : [known.credential];
    const shared = places.filter(({ consumer }) =>
      both.some(({ vaultName }) => consumer.credentials.includes(vaultName)),
    );
    const twin = other && whichTwin(known, other, shared, input.open);
    // Known to have leaked, and nobody uses it: there is nobody to be sent over.
    const alone = !twin || (compromised && twin[0] === known && !wanted.includes(other) && !isOpen(known, input));
    const [target, leaving] = alone ? [known] : twin;
    if (!alone && other) done.add(other.credential.vaultName);
    const held =
      twin && alone ? shared.filter(({ consumer }) => consumer.holds === known.credential.vaultName) : shared;
    const state = states.get(target.credential.address);
    if (!state) throw new InvariantError(`${target.kind.kind} says nothing of ${target.credential.address}`);
    surveyed.push({
      ...target,
      ...(leaving ? { leaving: leaving.credential } : {}),
      places: held,
      state: target.kind.minting.by === 'locum' ? state : await aged(state, target.credential, ctx),
      unread: [...(input.unread ?? []), ...unread],
      strategy: strategyOf(target.kind, leaving !== undefined),
      tokens: (credential) => tokensOf(systems, credential, inventory, ctx),
      evidence: once(() => gather(systems, questionOf(target.credential, held, inventory), ctx)),
    });
  }
  return surveyed;
}

const isOpen = ({ credential }: Known, { open }: SurveyInput) => open.has(credential.vaultName);

function questionOf(credential: Credential, places: readonly Place[], inventory: Inventory) {
  return { credential, consumers: places.map(({ consumer }) => consumer), inventory };
}

/** Logs are read when somebody asks, and once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The twin that stands by gets the new secret; the one that the consumers hold is left. */
function whichTwin(
  one: Known,
  other: Known,
  places: readonly Place[],
  open: ReadonlySet<string>,
): readonly [Known, Known] {
  for (const [target, leaving] of [
    [one, other],
    [other, one],
  ] as const) {
    if (open.has(target.credential.vaultName)) return [target, leaving];
  }
  const holding = ({ credential }: Known) =>
    places.filter(({ consumer }) => consumer.ours && consumer.holds === credential.vaultName).length;
  // Without a consumer the first of the manifest is the one in use.
  return holding(other) > holding(one) ? [one, other] : [other, one];
}

function twinsOf(manifest: Manifest): ReadonlyMap<string, NonNullable<TechnicalUser['twin']>> {
  return new Map(manifest.technicalUsers.flatMap(({ name, twin }) => (twin ? [[name, twin] as const] : [])));
}

async function inspectAll(known: readonly Known[], ctx: SystemContext): Promise<ReadonlyMap<string, CredentialState>> {
  const kinds = [...Map.groupBy(known, ({ kind }) => kind)];
  const states = await Promise.all(
    kinds.map(([kind, members]) =>
      kind.inspect(
        members.map(({ credential }) => credential),
        ctx,
      ),
    ),
  );
  return new Map(states.flatMap((found) => [...found]));
}

/** What the service tells of one credential now. */
export async function stateOf(
  kind: CredentialKind,
  credential: Credential,
  ctx: SystemContext,
): Promise<CredentialState> {
  const state = (await kind.inspect([credential], ctx)).get(credential.address);
  if (!state) throw new InvariantError(`${kind.kind} says nothing of ${credential.address}`);
  return state;
}

/** Where the service does not tell when a secret was set, the vault does. */
async function aged(state: CredentialState, { vaultName }: Credential, ctx: SystemContext): Promise<CredentialState> {
  if (state.setAt !== undefined) return state;
  const current = (await ctx.vault.history(vaultName)).findLast((one) => one.state === 'current');
  return current ? { ...state, setAt: current.createdAt } : state;
}

/** The states of every credential by technical user; those of a service that can't be read are left out. */
export async function inspectCredentials(
  systems: readonly SystemDefinition[],
  ctx: SystemContext,
): Promise<ReadonlyMap<string, CredentialState>> {
  const known = credentialsOf(systems, ctx.manifest);
  const states = await inspectAll(known, ctx).catch((error: unknown) => {
    if (!isNews(error)) throw error;
    return new Map<string, CredentialState>();
  });
  return new Map(
    known.flatMap(({ credential: { user, address } }) => {
      const state = states.get(address);
      return state ? [[user, state] as const] : [];
    }),
  );
}

/** Every place that holds one of the credentials. */
export async function findPlaces(
  systems: readonly SystemDefinition[],
  credentials: readonly Credential[],
  inventory: Inventory,
  ctx: SystemContext,
): Promise<{ readonly places: readonly Place[]; readonly unread: readonly Unread[] }> {
  const looks = await Promise.all(
    systems
      .flatMap((system) => system.consumers ?? [])
      .map(async (kind) => {
        const { consumers, unread } = await kind.find(credentials, inventory, ctx);
        return { places: consumers.map((consumer) => ({ kind, consumer })), unread };
      }),
  );
  return { places: looks.flatMap((look) => look.places), unread: looks.flatMap((look) => look.unread) };
}
