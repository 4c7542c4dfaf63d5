import type { LoginOutcome } from '../../kernel/doctor/logins.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import type { IasClient, Proof } from './client.ts';
import { completeFirstLogon } from './first-logon.ts';
import { strongPassword } from './strong-password.ts';

export interface Renewal {
  readonly ctx: SystemContext;
  readonly client: IasClient;
  /** Name of the technical user. */
  readonly user: string;
  readonly userName: string;
  /** SCIM id. */
  readonly id: string;
  readonly vaultName: string;
}

/** A version of the vault with its secret. */
interface Version {
  readonly number: number;
  readonly secret: Secret;
}

/**
 * Replaces a password so that it is never lost: the vault holds a version before IAS is sent it, and a version
 * becomes current only after a logon proved it. Every step can be the last before a crash; the next run goes on.
 */
export async function renewPassword(job: Renewal): Promise<JsonObject> {
  const pending = await pendingVersion(job);
  if (pending) {
    // It may have been sent already: a logon tells, and nothing is sent twice.
    const known = await prove(job, pending);
    if (known.status === 'accepted') return settle(job, pending, known.value, 'found');
  }
  const version = pending ?? (await propose(job));
  await send(job, version);
  const proof = await prove(job, version);
  if (proof.status !== 'accepted') throw unproven(job, proof.reason);
  return settle(job, version, proof.value, 'set');
}

async function pendingVersion({ ctx, vaultName }: Renewal): Promise<Version | undefined> {
  const found = await ctx.vault.open(vaultName, 'pending');
  return found && { number: found.version.version, secret: found.secret };
}

async function propose({ ctx, vaultName }: Renewal): Promise<Version> {
  const secret = strongPassword((bytes) => ctx.random(bytes));
  const { version } = await ctx.vault.propose(vaultName, secret, ctx.now());
  return { number: version, secret };
}

async function send({ ctx, client, user, id, vaultName }: Renewal, version: Version): Promise<void> {
  try {
    await client.setPassword(id, version.secret);
  } catch (error) {
    // The policy refused this very password (its history, say): sent again it would be refused again.
    if (error instanceof RemoteError && error.status === 400)
      await ctx.vault.retire(vaultName, version.number, ctx.now());
    throw error;
  }
  ctx.logins.renewed(user);
}

function prove({ ctx, client, user, userName }: Renewal, version: Version): Promise<LoginOutcome<Proof>> {
  return ctx.logins.attempt<Proof>(user, () => client.logOn(userName, version.secret));
}

async function settle(job: Renewal, version: Version, proof: Proof, how: string): Promise<JsonObject> {
  if (proof === 'proven') return keep(job, version, how);
  // The tenant made the password initial: it is changed as a person would, in a browser.
  const final = await propose(job);
  const { ctx, client, userName, user } = job;
  await completeFirstLogon(ctx, { host: client.host, userName, initial: version.secret, final: final.secret });
  ctx.logins.renewed(user);
  const second = await prove(job, final);
  if (second.status !== 'accepted') throw unproven(job, second.reason);
  if (second.value !== 'proven') throw unproven(job, 'PASSWORD_CHANGE_REQUIRED');
  return keep(job, final, 'first logon completed');
}

async function keep({ ctx, vaultName }: Renewal, version: Version, how: string): Promise<JsonObject> {
  await ctx.vault.promote(vaultName, version.number, ctx.now());
  const left = (await ctx.vault.history(vaultName)).filter(({ state }) => state === 'pending');
  for (const other of left) await ctx.vault.retire(vaultName, other.version, ctx.now());
  return { how, proven: 'logon at the password service', vaultVersion: version.number };
}

function unproven({ userName }: Renewal, code: string): RemoteError {
  return new RemoteError('ERR_REMOTE_REFUSED', {
    system: 'ias',
    operation: `prove the new password of ${userName}`,
    status: 401,
    serviceCode: code,
    remedy: 'see its state with `locum doctor`, mend that, and run `locum apply` again',
  });
}
