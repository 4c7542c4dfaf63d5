import { address } from '../kernel/address.ts';
import { type UserReport, worst } from '../kernel/doctor/doctor.ts';
import type { Expiry } from '../kernel/due/due.ts';
import { endOf as validityOf } from '../kernel/due/validity.ts';
import { isNews, LocumError, orNews } from '../kernel/errors.ts';
import type { Use, Uses } from '../kernel/identity.ts';
import type { Inventory } from '../kernel/inventory.ts';
import type { DeclaredCredential, Manifest } from '../kernel/manifest/types.ts';
import type { OpenedSecret, Rotations, Store } from '../kernel/ports.ts';
import type { Credential, CredentialKind, CredentialState } from '../kernel/rotate/credential.ts';
import { readRotation } from '../kernel/rotate/record.ts';
import { credentialsOf, findPlaces, stateOf } from '../kernel/rotate/survey.ts';
import type { Hop, SystemContext, SystemDefinition } from '../kernel/system.ts';
import { keptVersions } from '../kernel/vault/states.ts';
import { withProof } from './proof.ts';

const DAY = 86_400_000;

/** An end that is nearer is a warning of the doctor. */
const SOON_MS = 30 * DAY;

interface Deps {
  readonly systems: readonly SystemDefinition[];
  readonly store: Store;
}

/** What a rotation that is under way waits for, by vault name. */
async function waiting(rotations: Rotations, manifest: string) {
  const open = (await rotations.open(manifest)).map(readRotation);
  return new Map(open.flatMap(({ credential, record: { waits } }) => (waits ? [[credential, waits] as const] : [])));
}

/** The declared credentials of these names, twins and users left out. @param names @default all */
export function declaredOf(names: readonly string[] | undefined, manifest: Manifest): readonly DeclaredCredential[] {
  const vaultName = ({ name }: DeclaredCredential) => `${manifest.name}/${name}`;
  return manifest.credentials.filter((one) => !names || names.includes(one.name) || names.includes(vaultName(one)));
}

/** When credentials that belong to no user end, and are to be replaced. */
export async function credentialExpiries(
  declared: readonly DeclaredCredential[],
  { systems }: Pick<Deps, 'systems'>,
  ctx: SystemContext,
): Promise<readonly Expiry[]> {
  // Those that hang on an account are not looked at: their services tell no end.
  const known = new Map(credentialsOf(systems, ctx.manifest).map((one) => [one.credential.user, one]));
  const expiries = declared.map(async (one): Promise<Expiry> => {
    const found = known.get(one.name);
    const subject = found?.credential.address ?? address('credential', one.kind, one.name);
    const vaultName = `${ctx.manifest.name}/${one.name}`;
    const made = (await ctx.vault.history(vaultName)).findLast((version) => version.state === 'current');
    const looked = await orNews(async () => ({
      current: await ctx.vault.open(vaultName, 'current'),
      state: found && (await stateOf(found.kind, found.credential, ctx)),
    }));
    const untold = looked instanceof LocumError;
    const since = made?.createdAt;
    const expiry: Expiry = {
      user: one.name,
      subject,
      title: one.kind,
      ...(since === undefined ? {} : { since }),
      end: untold ? { kind: 'unknown', because: looked.message } : endOf(one, looked.state, looked.current),
      codes: {
        ended: 'CREDENTIAL_ENDED',
        soon: 'CREDENTIAL_ENDS_SOON',
        unknown: untold ? 'SECRET_END_UNKNOWN' : 'CREDENTIAL_NOT_MADE',
      },
      remedy: `locum rotate ${one.name}`,
    };
    return expiry;
  });
  return Promise.all(expiries);
}

function endOf(
  { rotation }: DeclaredCredential,
  state: CredentialState | undefined,
  current: OpenedSecret | undefined,
): Expiry['end'] {
  if (!current) return { kind: 'unknown', because: 'the vault has none yet' };
  const ends = state?.endsAt === undefined ? [] : [{ at: state.endsAt, because: 'its validity ends' }];
  const since = current.version.createdAt;
  const every = rotation ? [{ at: since + rotation.everyMs, because: '`rotation.every` of the manifest' }] : [];
  // Keys of the type x509, and bindings of SAP Credential Store, say it themselves.
  const inside = validityOf(current.secret);
  const [first] = [...ends, ...every, ...(inside ? [inside] : [])].toSorted((a, b) => a.at - b.at);
  return first ? { ...first, kind: 'at' } : { kind: 'never' };
}

/** Proves credentials that belong to no user: what their service says, what the vault has, and one login. */
export async function examineCredentials(
  declared: readonly DeclaredCredential[],
  inventory: Inventory,
  { systems, store }: Deps,
  ctx: SystemContext,
): Promise<readonly UserReport[]> {
  const waits = await waiting(store.rotations, ctx.manifest.name);
  const known = new Map(credentialsOf(systems, ctx.manifest, inventory).map((one) => [one.credential.user, one]));
  return Promise.all(
    declared
      .flatMap((one) => known.get(one.name) ?? [])
      .map(async ({ credential, kind }): Promise<UserReport> => {
        const title = waits.get(credential.vaultName)?.title;
        const hops = [
          ...(await hopsOf(credential, kind, ctx)),
          ...(title === undefined ? [] : [waitingHop(credential, title)]),
        ];
        return {
          user: credential.user,
          status: worst(hops.map(({ status }) => status)),
          hops: hops.map((hop) => ({ ...hop, link: 'token' })),
        };
      }),
  );
}

async function hopsOf(credential: Credential, kind: CredentialKind, ctx: SystemContext): Promise<readonly Hop[]> {
  const { user } = credential;
  const hop = { check: 'credential', title: `${kind.kind} ${user}` };
  const rotate = `locum rotate ${user}`;
  try {
    const state = await stateOf(kind, credential, ctx);
    const [bad] = state.findings.filter(({ severity }) => severity === 'error');
    if (bad) return [{ ...hop, status: 'failed', evidence: [], ...verdictOf(bad) }];
    const current = await ctx.vault.open(credential.vaultName, 'current');
    if (!current) {
      const because = 'the vault has none yet';
      return [{ ...hop, status: 'unknown', evidence: [], because, remedy: rotate, code: 'CREDENTIAL_NOT_MADE' }];
    }
    const end = endHop(hop, state, ctx.now(), rotate);
    if (end?.status === 'failed') return [end];
    const outcome = await ctx.logins.attempt(user, () => kind.prove(credential, current.secret, ctx));
    const title = `${hop.title} gets a token`;
    if (outcome.status === 'accepted') {
      const { unproven } = outcome.value;
      if (typeof unproven !== 'string') return [...(end ? [end] : []), { ...hop, title, status: 'ok', evidence: [] }];
      return [...(end ? [end] : []), unprovenHop({ ...hop, title }, unproven, rotate)];
    }
    if (outcome.status === 'spared')
      return [unprovenHop({ ...hop, title }, outcome.reason, 'run `locum doctor` again')];
    const because = `it is refused: ${outcome.reason}`;
    return [{ ...hop, title, status: 'failed', evidence: [], because, remedy: rotate, code: 'CREDENTIAL_REFUSED' }];
  } catch (error) {
    if (!isNews(error)) throw error;
    const remedy = error.remedy ?? 'mend the cause and run `locum doctor` again';
    return [{ ...hop, status: 'unknown', evidence: [], because: error.message, remedy, code: error.code }];
  }
}

type Named = Pick<Hop, 'check' | 'title'>;

const verdictOf = ({
  because,
  remedy,
  code,
}: {
  readonly because: string;
  readonly remedy: string;
  readonly code: string;
}) => ({
  because,
  remedy,
  code,
});

function endHop(hop: Named, { endsAt }: CredentialState, now: number, remedy: string): Hop | undefined {
  if (endsAt === undefined || endsAt - now > SOON_MS) return undefined;
  const day = new Date(endsAt).toISOString().slice(0, 10);
  const ended = endsAt <= now;
  const because = ended ? `its validity ended on ${day}` : `its validity ends on ${day}`;
  const code = ended ? 'CREDENTIAL_ENDED' : 'CREDENTIAL_ENDS_SOON';
  return { ...hop, status: ended ? 'failed' : 'warning', evidence: [], because, remedy, code };
}

function unprovenHop(hop: Named, because: string, remedy: string): Hop {
  return { ...hop, status: 'unknown', evidence: [], because, remedy, code: 'CREDENTIAL_UNPROVEN' };
}

function waitingHop({ user }: Credential, title: string): Hop {
  const because = `its rotation waits for a person to ${title}`;
  const remedy = `locum rotate ${user}`;
  return {
    check: 'credential',
    title: 'rotation',
    status: 'warning',
    evidence: [],
    because,
    remedy,
    code: 'ROTATION_WAITS',
  };
}

/** The places that hold a credential that belongs to no user. */
export async function credentialUses(
  declared: readonly DeclaredCredential[],
  whole: { readonly inventory: Inventory; readonly unread: Uses['unread'] },
  { systems, store }: Deps,
  ctx: SystemContext,
): Promise<Uses> {
  const names = new Set(declared.map(({ name }) => name));
  const known = credentialsOf(systems, ctx.manifest, whole.inventory).filter(({ credential }) =>
    names.has(credential.user),
  );
  const { places, unread } = await findPlaces(
    systems,
    known.map(({ credential }) => credential),
    whole.inventory,
    ctx,
  );
  const uses = await Promise.all(
    places.map(({ consumer: { kind: type, address: at, title, ours } }) =>
      withProof(
        { type, address: at, what: 'credential', title, ours, scope: type, removable: false, props: null },
        store,
      ),
    ),
  );
  const waits = await waiting(store.rotations, ctx.manifest.name);
  const kept = await Promise.all(
    known.map(({ credential }) => keptOf(credential, waits.get(credential.vaultName), ctx)),
  );
  return { found: [...uses, ...kept.flat()], unread: [...whole.unread, ...unread] };
}

async function keptOf(
  { address: at, vaultName, kind: type }: Credential,
  waits: { readonly title: string; readonly since: number } | undefined,
  ctx: SystemContext,
): Promise<readonly Use[]> {
  const versions = keptVersions(await ctx.vault.history(vaultName));
  const use = { type, address: at, what: 'secret', ours: true, scope: type, removable: false, props: null } as const;
  const since = waits && new Date(waits.since).toISOString();
  return [
    ...(versions === undefined ? [] : [{ ...use, title: `secret in the vault (${versions})` }]),
    ...(waits ? [{ ...use, title: `its rotation waits since ${since} for a person to ${waits.title}` }] : []),
  ];
}
