import { LocumError, RemoteError } from '../../kernel/errors.ts';
import type { Check, Hop, Resource, Subject, SystemContext } from '../../kernel/system.ts';
import { type BtpSession, type Command, loginAs } from '../protocols/btp-cli/client.ts';
import { ASSIGNMENT, type AssignmentProps } from './assignment.ts';
import { authzFindings } from './findings.ts';

const ID = 'authz/btp-cli';

/** Whether the user can work with the BTP command-line server: a real login with its own password, and one read. */
export const cliLoginCheck: Check = {
  id: ID,
  link: 'consumer',
  async run(subject, ctx) {
    if (subject.user.btpCli !== true) return [];
    const hop = { check: ID, title: 'BTP command-line server' };
    const secret = await ctx.vault.open(`${ctx.manifest.name}/${subject.user.name}`, 'current');
    if (!secret) {
      return [failed(hop, [], 'no password of this user is in the vault', 'locum apply')];
    }
    try {
      const outcome = await ctx.logins.attempt(subject.user.name, () =>
        loginAs(ctx, {
          userName: subject.user.name,
          password: secret.secret,
          identityProvider: subject.identityProvider.host,
        }),
      );
      if (outcome.status === 'spared') {
        const because = `not tried: a login of this user was refused before (${outcome.reason})`;
        return [{ ...hop, status: 'unknown', evidence: [], because, remedy: 'mend the hop that failed first' }];
      }
      if (outcome.status === 'refused') {
        const because = `the login was refused (${outcome.reason}): wrong, initial or expired password, locked user or second factor`;
        return [failed(hop, [], because, 'mend the hops of the user further up, then run `locum doctor` again')];
      }
      return [await readSomething(hop, outcome.value, subject, ctx)];
    } catch (error) {
      if (!(error instanceof LocumError)) throw error;
      if (error instanceof RemoteError && error.status === 403) {
        const because = 'the password is right, but the user holds no role collection in the global account';
        return [failed(hop, [], because, 'grant a role collection, e.g. Subaccount Viewer, then run `locum apply`')];
      }
      const remedy = error.remedy ?? 'run `locum doctor` again';
      return [{ ...hop, status: 'unknown', evidence: [], because: error.message, remedy }];
    }
  },
};

/** Uses the session once, and gives it back: the server allows ten per user. */
async function readSomething(
  hop: Pick<Hop, 'check' | 'title'>,
  session: BtpSession,
  subject: Subject,
  ctx: SystemContext,
): Promise<Hop> {
  try {
    const evidence = [`logged in as ${session.mail}`, `identity provider ${session.issuer}`];
    const readable = whatItMayRead(subject, ctx.manifest.globalAccount);
    if (!readable) return { ...hop, status: 'ok', evidence };
    const { status } = await session.command({ ...readable.command, expect: [200, 403] });
    if (status === 200) return { ...hop, status: 'ok', evidence: [...evidence, `reads ${readable.what}`] };
    return {
      ...hop,
      status: 'warning',
      evidence,
      because: `the login works, but it may not read ${readable.what}`,
      remedy: 'grant a role collection that reads it (Subaccount Viewer, Global Account Viewer), if it shall',
    };
  } finally {
    await session.logout();
  }
}

function whatItMayRead(subject: Subject, globalAccount: string): { what: string; command: Command } | undefined {
  const zones = subject.resources
    .filter((resource): resource is Resource<AssignmentProps> => resource.type === ASSIGNMENT)
    .map((resource) => resource.props.zone);
  const subaccount = zones.find((zone) => zone.kind === 'subaccount');
  if (subaccount?.kind === 'subaccount') {
    const parameters = { globalAccount, subaccount: subaccount.guid };
    return {
      what: `subaccount ${subaccount.name}`,
      command: { object: 'accounts/subaccount', action: 'get', parameters },
    };
  }
  const directory = zones.find((zone) => zone.kind === 'directory');
  if (directory?.kind === 'directory') {
    const parameters = { globalAccount, directoryID: directory.guid };
    return {
      what: `directory ${directory.name}`,
      command: { object: 'accounts/directory', action: 'get', parameters },
    };
  }
  if (zones.length === 0) return undefined;
  const command = { object: 'accounts/global-account', action: 'get', parameters: { globalAccount } };
  return { what: `global account ${globalAccount}`, command };
}

function failed(hop: Pick<Hop, 'check' | 'title'>, evidence: readonly string[], because: string, remedy: string): Hop {
  return { ...hop, status: 'failed', evidence, because, remedy, code: authzFindings.cliLogin.code };
}
