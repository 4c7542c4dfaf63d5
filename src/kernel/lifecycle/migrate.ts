import type { Finding } from '../finding.ts';
import type { Declaration, GrantPlace, Identity, Use, Uses } from '../identity.ts';
import { canonicalJson, type Json, type JsonObject } from '../json.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Blast } from '../observe/uses.ts';
import type { Plan } from '../plan/plan.ts';
import type { SystemDefinition } from '../system.ts';
import { lifecycleFindings } from './findings.ts';
import { lifecyclePlan } from './lifecycle-plan.ts';
import { removalSteps } from './removal.ts';

/** What is known of the user that is to be replaced, and of its successor. */
export interface Overview {
  readonly from: Identity;
  /** Everything that it holds or is named in. */
  readonly uses: Uses;
  /** The successor as an entry of `technicalUsers`, for the manifest. */
  readonly entry: JsonObject;
  /** Destinations that Locum gives the successor. */
  readonly flips: readonly Use[];
  /** Places that people change. */
  readonly byHand: readonly { readonly use: Use; readonly because: string }[];
}

/** S-users and P-users are users of SAP ID service; the e-mail names them on every level. */
export function predecessor(from: string, email: string | undefined): Identity {
  const named = email ?? from;
  return { userName: from, email: named.toLowerCase(), originKey: 'sap.ids' };
}

/** What replaces somebody: an entry with the same rights, and what becomes of each destination. Pure. */
export function overview(
  systems: readonly SystemDefinition[],
  from: Identity,
  blast: Blast,
  successor: { readonly name: string; readonly owner: string },
): Overview {
  const declarations = systems.flatMap((system) => system.declare?.(blast.found, blast.inventory) ?? []);
  const byHand = declarations.flatMap((one) => one.byHand);
  const hands = new Set(byHand.map(({ use }) => use.address));
  return {
    from,
    uses: { found: blast.found, unread: blast.unread },
    entry: {
      name: successor.name,
      kind: 'ias-user',
      owner: successor.owner,
      purpose: `Replaces ${from.userName}`,
      grants: grantsOf(declarations),
      ...Object.assign({}, ...declarations.map((one) => one.keys)),
    },
    flips: blast.found.filter((use) => use.what === 'credential' && !hands.has(use.address)),
    byHand,
  };
}

/** One grant per place, and one for all subaccounts that get the same. */
function grantsOf(declarations: readonly Declaration[]): readonly JsonObject[] {
  const places = new Map<string, { readonly at: GrantPlace; keys: Record<string, Json> }>();
  for (const { at, keys } of declarations.flatMap((one) => one.grants)) {
    const key = canonicalJson(at);
    const place = places.get(key) ?? { at, keys: {} };
    for (const [name, value] of Object.entries(keys)) {
      const known = place.keys[name];
      place.keys[name] = Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value;
    }
    places.set(key, place);
  }
  const alike = Map.groupBy(places.values(), ({ at, keys }) =>
    canonicalJson(at.kind === 'subaccount' ? { keys } : { at, keys }),
  );
  return [...alike.values()].flatMap((group): readonly JsonObject[] => {
    const [first] = group;
    if (!first) return [];
    const { at, keys } = first;
    if (at.kind === 'global-account') return [{ globalAccount: true, ...keys }];
    if (at.kind === 'directory') return [{ directory: at.name, ...keys }];
    return [{ subaccounts: group.flatMap((place) => ('name' in place.at ? [place.at.name] : [])), ...keys }];
  });
}

/** Rights of the old user that the new one lacks: what works today may need them. Pure. */
export function missingRights(
  from: Uses,
  to: Uses,
  names: { readonly from: string; readonly to: string },
): readonly Finding[] {
  const plain = ({ title }: Use): string => title.replace(/ \([^)]*\)$/, '');
  const held = new Set(to.found.filter((use) => use.what === 'role').map(plain));
  return from.found
    .filter((use) => use.what === 'role' && !held.has(plain(use)))
    .map((use) => ({
      code: lifecycleFindings.rightsMissing.code,
      severity: 'warning',
      subject: names.to,
      because: `${names.from} is ${plain(use)}, ${names.to} is not`,
      remedy: `declare it for ${names.to} if it needs it`,
    }));
}

export interface FinishInput {
  readonly from: Identity;
  readonly uses: Uses;
  readonly manifest: Manifest;
  readonly now: number;
  /** Epoch milliseconds; until then the rights stay. */
  readonly until: number;
  readonly options: { readonly early: boolean; readonly leaveForeign: boolean; readonly leaveUnread: boolean };
}

/** Takes the rights of the predecessor. It keeps its shadow users, so that all of it can be put back. Pure. */
export function finishPlan({ from, uses, manifest, now, until, options }: FinishInput): Plan {
  const { userName } = from;
  const roles = uses.found.filter((use) => use.what === 'role');
  const findings: Finding[] = [];
  const add = (
    kind: keyof typeof lifecycleFindings,
    accepted: boolean,
    subject: string,
    because: string,
    remedy: string,
  ) =>
    findings.push({
      code: lifecycleFindings[kind].code,
      severity: accepted ? 'warning' : 'error',
      subject,
      because,
      remedy,
    });
  if (now < until) {
    const day = new Date(until).toISOString().slice(0, 16).replace('T', ' ');
    add('grace', options.early, userName, `its rights stay until ${day} UTC`, 'wait until then, or add --now');
  }
  for (const use of uses.found.filter(({ what }) => what === 'credential')) {
    const remedy = 'give it the new user, or accept that with --leave-foreign';
    add('foreignUse', options.leaveForeign, use.address, `${use.title} still logs in as ${userName}`, remedy);
  }
  for (const use of roles.filter(({ removable }) => !removable)) {
    const remedy = 'give it to somebody else first';
    add('kept', false, use.address, `${use.title} can't be removed: ${use.because ?? 'unknown why'}`, remedy);
  }
  for (const { where, because, unlikely = false } of uses.unread) {
    const remedy = 'mend the access, or accept what may be left with --leave-unread';
    add('unread', options.leaveUnread || unlikely, userName, `${where} could not be looked at: ${because}`, remedy);
  }
  if (isOurLogin(from, manifest)) {
    const because = 'Locum itself logs in with it (connections of the manifest)';
    add('ownLogin', false, userName, because, 'give the connections another user first');
  }
  const steps = removalSteps(
    roles.filter(({ removable }) => removable),
    userName,
  );
  const about = { finish: userName };
  return lifecyclePlan({ manifest, now, steps, findings, maxRemovals: Math.max(100, steps.length), about });
}

function isOurLogin({ userName, email }: Identity, { connections }: Manifest): boolean {
  const texts: string[] = [];
  JSON.stringify(connections, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value.toLowerCase());
    return value;
  });
  return texts.includes(email) || texts.includes(userName.toLowerCase());
}

/** What a hold remembers of a migration. */
export interface MigrationRecord {
  readonly identity: Identity;
  readonly to: string;
  /** Epoch milliseconds at which the grace ends. */
  readonly until: number;
  /** Rights that were taken at its end, for a thaw. */
  readonly taken: readonly Use[];
  readonly ended: readonly never[];
  readonly finished: boolean;
}
