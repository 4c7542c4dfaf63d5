import { address } from '../address.ts';
import type { FindingKind } from '../finding.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Store } from '../ports.ts';
import { HEARTBEAT, heartbeats } from '../rotate/heartbeat.ts';
import type { Expiry } from './due.ts';

/** What of Locum's own store grows old, or should go on. */
export const storeFindings: readonly FindingKind[] = [
  {
    code: 'VAULT_KEY_OLD',
    title: 'the master key of the vault is old',
    explanation:
      'Whoever got hold of it once can open every backup since. Replace it once a year: `locum vault rotate-key` seals every secret anew in one transaction.',
  },
  {
    code: 'VAULT_LOGIN_ENDED',
    title: "the login of the vault's server has ended",
    explanation:
      'Sealed texts lie in OpenBao or HashiCorp Vault (`LOCUM_VAULT_URL`), and Locum gets there no more: no secret opens, none is made. Give it a new token or secret ID.',
  },
  {
    code: 'VAULT_LOGIN_ENDS_SOON',
    title: "the login of the vault's server ends soon",
    explanation: 'Its token or secret ID is over then, and no secret opens any more. Give it a new one before.',
  },
  {
    code: 'VAULT_LOGIN_UNKNOWN',
    title: "when the login of the vault's server ends is not known",
    explanation:
      'The server could not be asked, or does not tell it to this login: of a secret ID it tells who may look it up. The entry says why.',
  },
  {
    code: 'SCHEDULE_SILENT',
    title: 'the scheduled rotation has not run',
    explanation:
      'The manifest wants credentials replaced by their age, but `locum rotate --due` has not run for two days, or never. Look at the timer, CronJob or workflow, and at its log.',
  },
  {
    code: 'RUN_LEASE',
    title: 'a process is at work',
    explanation:
      'It has the lease on the manifest: nobody else changes anything until it ends, or until the lease runs out because it is gone.',
  },
];

const DAY_MS = 86_400_000;
const KEY_AGE_MS = 365 * DAY_MS;
/** A daily run that was missed once. */
const SILENCE_MS = 2 * DAY_MS;

/** The master key, the schedule, and who is at work. */
export async function storeExpiries(store: Store, manifest: Manifest, now: number): Promise<readonly Expiry[]> {
  return [
    ...(await keyExpiry(store, manifest)),
    ...(await loginExpiry(store, manifest)),
    ...(await scheduleExpiry(store, manifest, now)),
    ...(await leaseExpiries(store, manifest, now)),
  ];
}

/** As old as its last rotation in the trail; before the first one, as the oldest secret. */
async function keyExpiry({ trail, vault }: Store, { name }: Manifest): Promise<readonly Expiry[]> {
  const [rotated] = await trail.read({ subject: 'vault/master-key', limit: 1 });
  const first = rotated?.at ?? (await oldestSecret(vault));
  if (first === undefined) return [];
  return [
    {
      user: name,
      subject: address('vault', 'master-key'),
      title: 'master key of the vault',
      since: first,
      end: { kind: 'at', at: first + KEY_AGE_MS, because: 'it is replaced once a year' },
      codes: { ended: 'VAULT_KEY_OLD', soon: 'VAULT_KEY_OLD', unknown: 'VAULT_KEY_OLD' },
      remedy: 'locum vault rotate-key',
    },
  ];
}

/** Of the server that the vault's sealed texts lie in. */
async function loginExpiry({ vault }: Store, { name }: Manifest): Promise<readonly Expiry[]> {
  const found = await vault.loginEnd();
  if (!found) return [];
  const { title, end, remedy } = found;
  return [
    {
      user: name,
      subject: address('vault', 'login'),
      title: `${title} of the vault's login`,
      end,
      codes: { ended: 'VAULT_LOGIN_ENDED', soon: 'VAULT_LOGIN_ENDS_SOON', unknown: 'VAULT_LOGIN_UNKNOWN' },
      remedy,
    },
  ];
}

async function oldestSecret(vault: Store['vault']): Promise<number | undefined> {
  const histories = await Promise.all((await vault.names()).map((name) => vault.history(name)));
  const times = histories.flatMap(([first]) => (first ? [first.createdAt] : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

async function scheduleExpiry({ trail }: Store, manifest: Manifest, now: number): Promise<readonly Expiry[]> {
  const [last] = (await heartbeats(trail, manifest.name)).slice(-1);
  const wanted = [...manifest.technicalUsers, ...manifest.credentials].some(({ rotation }) => rotation !== undefined);
  if (!last && !wanted) return [];
  const entry = {
    user: manifest.name,
    subject: address('schedule', 'rotate', manifest.name),
    title: 'scheduled rotation',
    codes: { ended: 'SCHEDULE_SILENT', soon: 'SCHEDULE_SILENT', unknown: 'SCHEDULE_SILENT' },
    remedy: 'let a scheduler call `locum rotate --due --yes` every day',
  };
  if (!last) return [{ ...entry, end: { kind: 'unknown', because: `\`${HEARTBEAT}\` has never run with this store` } }];
  const when = new Date(last.at).toISOString().slice(0, 16).replace('T', ' ');
  const because = `last run ${when} UTC by ${last.who}: ${last.said}`;
  const at = last.at + SILENCE_MS;
  return [{ ...entry, end: now >= at ? { kind: 'at', at, because } : { kind: 'never', because } }];
}

async function leaseExpiries({ leases }: Store, manifest: Manifest, now: number): Promise<readonly Expiry[]> {
  return (await leases.held(now))
    .filter(({ name }) => name === `run/${manifest.name}`)
    .map(({ holder, until }) => ({
      user: manifest.name,
      subject: address('lease', 'run', manifest.name),
      title: 'run at work',
      end: { kind: 'at', at: until, because: `${holder} has the lease` },
      codes: { ended: 'RUN_LEASE', soon: 'RUN_LEASE', unknown: 'RUN_LEASE' },
      remedy: 'wait for it to end',
    }));
}
