import { isNews, RunError } from '../errors.ts';
import type { Finding, Severity } from '../finding.ts';
import { Secret } from '../secret.ts';
import type { SystemContext } from '../system.ts';
import { unlessLost } from '../vault/lost.ts';
import type { Place } from './job.ts';
import type { Surveyed } from './survey.ts';
import { suspects } from './suspects.ts';

/** Why a rotation would harm, or could not end, told before anything is sent. Errors gate it. */
export async function preflight(
  surveyed: Surveyed,
  options: Compromise,
  ctx: SystemContext,
): Promise<readonly Finding[]> {
  return [
    ...surveyed.state.findings,
    ...(await vaultFindings(surveyed, ctx)),
    ...(await lostFindings(surveyed, ctx)),
    ...(await stateFindings(surveyed, options, ctx.now())),
    ...outageFindings(surveyed, options),
    ...unreadFindings(surveyed),
    ...(await consumerFindings(surveyed, options, ctx)),
  ];
}

/** Code of what passes by itself, most often: a later call finds the place again. */
export const UNREACHABLE = 'ROTATION_CONSUMER_UNREACHABLE';

/** A place that nobody looked at may hold it: told before, not found out after. */
function unreadFindings({ unread }: Surveyed): readonly Finding[] {
  return unread.map(({ where, because, remedy, unlikely }) =>
    finding(
      'ROTATION_UNREAD_PLACE',
      unlikely ? 'warning' : 'error',
      where,
      `it can't be looked at, so whether something there uses the credential is unknown: ${because}`,
      `${remedy ?? 'mend that'}, or say --accept ROTATION_UNREAD_PLACE`,
    ),
  );
}

const finding = (code: string, severity: Severity, subject: string, because: string, remedy: string): Finding => ({
  code,
  severity,
  subject,
  because,
  remedy,
});

async function vaultFindings({ credential, kind, strategy }: Surveyed, ctx: SystemContext): Promise<Finding[]> {
  const { user, vaultName } = credential;
  const states = (await ctx.vault.history(vaultName)).map(({ state }) => state);
  if (states.includes('pending')) {
    const because = 'a secret was sent and not proven: it may be the valid one';
    return [finding('ROTATION_PENDING', 'error', user, because, 'run `locum apply`, which finds out')];
  }
  // The standby may be new, and a service that issues secrets needs none of ours.
  if (states.includes('current') || strategy === 'twins' || kind.minting.by !== 'locum') return [];
  return [finding('ROTATION_NO_SECRET', 'error', user, `the vault has no secret ${vaultName}`, 'run `locum apply`')];
}

/** A version that never opens again is no reason to stop: the new one is the way out. */
async function lostFindings({ credential, leaving }: Surveyed, ctx: SystemContext): Promise<readonly Finding[]> {
  const found = [credential, ...(leaving ? [leaving] : [])].map(async ({ user, vaultName }) => {
    const version = (await ctx.vault.history(vaultName)).findLast(({ state }) => state === 'current')?.version;
    if (version === undefined || (await unlessLost(ctx.vault.openVersion(vaultName, version)))) return [];
    const because = `version ${version} of it is lost in the vault: whether its consumers hold it can't be told, nor whether something holds it that does not name the user`;
    const remedy = 'the rotation makes a new one; there is no way back to the lost one';
    return [finding('ROTATION_SECRET_LOST', 'warning', user, because, remedy)];
  });
  return (await Promise.all(found)).flat();
}

async function stateFindings(
  surveyed: Surveyed,
  { compromised }: Compromise,
  now: number,
): Promise<readonly Finding[]> {
  const { credential, kind, state, strategy } = surveyed;
  const { user } = credential;
  const { failedLogins = 0, locked, policy, setAt, slots } = state;
  const found: Finding[] = [];
  const minAge = policy?.minAgeMs;
  if (!compromised && minAge !== undefined && setAt !== undefined && now < setAt + minAge) {
    const until = new Date(setAt + minAge).toISOString();
    const because = `the policy ${policy?.name} demands that a secret is ${minAge / 3_600_000} h old before it is replaced`;
    found.push(finding('ROTATION_TOO_SOON', 'error', user, because, `wait until ${until}`));
  }
  if (locked || failedLogins > 0) {
    const half = (policy?.lockAfter ?? Number.POSITIVE_INFINITY) / 2;
    const what = locked ? 'the user is locked after failed logins' : `${failedLogins} logins in a row failed`;
    const because = `${what}: somebody uses a wrong secret\n${await suspects(surveyed)}`;
    found.push(
      finding(
        locked ? 'ROTATION_LOCKED' : 'ROTATION_STALE_LOGINS',
        locked || failedLogins >= half ? 'error' : 'warning',
        user,
        because,
        `stop it, then \`locum unlock ${user}\``,
      ),
    );
  }
  if (slots && strategy === 'overlap') {
    if (slots.length >= kind.slots) {
      const because = `all ${kind.slots} slots are taken`;
      found.push(finding('ROTATION_NO_SLOT', 'error', user, because, 'remove secrets that nobody uses'));
    }
    const foreign = slots.filter((slot) => slot.rotation === undefined).length;
    if (foreign > 0) {
      const because = `${foreign} of its secrets were not made by a rotation: they stay valid`;
      found.push(finding('ROTATION_UNMARKED_SLOT', 'warning', user, because, 'remove them when nobody uses them'));
    }
  }
  return found;
}

/** After a leak the old secret ends first, also where it could be valid beside the new one. */
function outageFindings({ credential, places, strategy }: Surveyed, { compromised }: Compromise): readonly Finding[] {
  const ours = places.filter(({ consumer }) => consumer.ours).length;
  if (!compromised || strategy === 'in place' || ours === 0) return [];
  const when = strategy === 'twins' ? 'once the other twin is proven' : 'before there is a new one';
  const because = `the leaked secret ends ${when}: ${ours === 1 ? 'its consumer fails' : `its ${ours} consumers fail`} from then on until it is delivered`;
  const remedy = 'without --compromised nobody is cut off, and the leaked secret lives until everybody has left it';
  return [finding('ROTATION_OUTAGE', 'warning', credential.user, because, remedy)];
}

interface Compromise {
  readonly compromised: boolean;
}

async function consumerFindings(
  surveyed: Surveyed,
  options: Compromise,
  ctx: SystemContext,
): Promise<readonly Finding[]> {
  const { credential, places, strategy } = surveyed;
  const found: Finding[] = [];
  for (const { consumer } of places.filter(({ consumer: { ours } }) => !ours)) {
    // Who uses the twin that is left goes on working.
    const severity = strategy === 'in place' || consumer.holds === credential.vaultName ? 'error' : 'warning';
    const because = `${consumer.title} uses it and was not written by Locum: it would go on with the old secret`;
    const remedy = `declare it for ${credential.user}, or give it the new secret by hand and say --accept ROTATION_FOREIGN_CONSUMER`;
    found.push(finding('ROTATION_FOREIGN_CONSUMER', severity, consumer.address, because, remedy));
  }
  const ours = places.filter(({ consumer }) => consumer.ours);
  found.push(...(await Promise.all(ours.map((place) => heldFinding(place, surveyed, options, ctx)))).flat());
  found.push(...(await Promise.all(ours.map((place) => refusalFinding(place, options, ctx)))).flat());
  if (ours.length > 0 && strategy === 'in place') {
    const stale = Math.max(...ours.map(({ consumer }) => consumer.staleMs)) / 60_000;
    const fail = ours.length === 1 ? 'its consumer fails' : `its ${ours.length} consumers fail`;
    const caches = stale === 0 ? '' : `; with what their caches hold, up to ${stale} min longer`;
    const because = `${fail} from the moment the new secret is set until it is delivered${caches}`;
    const remedy = 'declare `twins: true`: then no consumer is cut off';
    found.push(finding('ROTATION_GAP', 'info', credential.user, because, remedy));
  }
  if (ours.length === 0) {
    const because = 'no place gets the new secret from Locum';
    const remedy = 'declare destinations or deliverTo, or read it with `locum secret show`';
    found.push(finding('ROTATION_NO_CONSUMER', 'info', credential.user, because, remedy));
  }
  return found;
}

/** A consumer of ours that would not take the new secret: told before the old one has ended. */
async function refusalFinding(
  { kind, consumer }: Place,
  { compromised }: Compromise,
  ctx: SystemContext,
): Promise<readonly Finding[]> {
  const refusal = await kind.refusal?.(consumer, ctx).catch((error: unknown) => {
    // That it can't be reached is told by looking what it holds.
    if (isNews(error) && !(error instanceof RunError)) return undefined;
    throw error;
  });
  if (!refusal) return [];
  const because = `${consumer.title} would refuse the new secret: ${refusal.because}`;
  return [
    finding('ROTATION_PLACE_REFUSES', compromised ? 'warning' : 'error', consumer.address, because, refusal.remedy),
  ];
}

/** A consumer of ours that can't be reached, or does not hold what it should. */
async function heldFinding(
  { kind, consumer }: Place,
  { credential, leaving }: Surveyed,
  { compromised }: Compromise,
  ctx: SystemContext,
): Promise<readonly Finding[]> {
  const holder = [leaving, credential].find((one) => one?.vaultName === consumer.holds) ?? leaving ?? credential;
  const known = (await ctx.vault.history(holder.vaultName)).findLast(({ state }) => state === 'current');
  if (!known) return [];
  const current = await unlessLost(ctx.vault.openVersion(holder.vaultName, known.version));
  // Of a lost one only this can be told: whether the place answers.
  const delivery = { credential: holder, secret: current?.secret ?? new Secret(''), version: known.version };
  try {
    if ((await kind.holds(consumer, delivery, ctx)) !== 'other' || !current) return [];
  } catch (error) {
    if (!isNews(error) || error instanceof RunError) throw error;
    const because = `${consumer.title} can't be reached, so the new secret could not be delivered: ${error.message}`;
    // A leaked secret is not kept alive for one place that is away.
    const severity = compromised ? 'warning' : 'error';
    const remedy = error.remedy ?? `mend that, then \`locum rotate ${credential.user}\``;
    return [finding(UNREACHABLE, severity, consumer.address, because, remedy)];
  }
  const because = `${consumer.title} does not hold the current secret: it fails now, and its logins count towards a lock`;
  const remedy = 'the rotation gives it the new one';
  return [finding('ROTATION_CONSUMER_STALE', 'warning', consumer.address, because, remedy)];
}
