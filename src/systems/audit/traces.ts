import { isNews } from '../../kernel/errors.ts';
import type { Manifest } from '../../kernel/manifest/types.ts';
import { unreadOf } from '../../kernel/observe/discover.ts';
import type { Evidence, Trace, TraceQuestion } from '../../kernel/rotate/evidence.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { actionsSince } from './client.ts';
import type { AuditedAction } from './entries.ts';
import { keyOf } from './section.ts';

/** A change so near to a version of the vault is ours. */
const OURS_MS = 120_000;

/** Whose logons the tenant refused, from which application and address; and who else set the password. */
export async function traces({ credential, since }: TraceQuestion, ctx: SystemContext): Promise<Evidence> {
  const provider = providerOf(credential.user, ctx.manifest);
  if (!provider) return { traces: [], unread: [] };
  const where = `the audit log of ${provider.host}`;
  const ref = keyOf(ctx.manifest, provider.name);
  if (ref === undefined) {
    const remedy = `add connections.audit.${provider.name}: a service key of auditlog-management of the subaccount to which it goes (administration console: Audit and Change Logs)`;
    return { traces: [], unread: [{ where, because: 'no connection to it is declared', remedy }] };
  }
  try {
    const actions = await actionsSince(await ctx.secret(ref), provider.name, since, ctx);
    const names = new Set([credential.user, credential.login].flatMap((name) => name?.toLowerCase() ?? []));
    const ofUser = actions.filter(
      ({ objectType, objectId }) => objectType === 'user' && names.has(objectId.toLowerCase()),
    );
    const versions = (await ctx.vault.history(credential.vaultName)).map(({ createdAt }) => createdAt);
    return { traces: [...refused(ofUser), ...changed(ofUser, versions)], unread: [] };
  } catch (error) {
    if (!isNews(error)) throw error;
    return { traces: [], unread: [unreadOf(where, error)] };
  }
}

function providerOf(name: string, manifest: Manifest) {
  const user = manifest.technicalUsers.find((one) => one.name === name);
  return manifest.identityProviders.find((one) => one.name === user?.identityProvider);
}

/** Actions of a logon (ias:ac5537b); that one with a password is `passwordCheck` or `login` is assumed. */
const LOGONS: ReadonlySet<string> = new Set(['login', 'authenticate', 'passwordCheck']);
const NEW_PASSWORDS: ReadonlySet<string> = new Set(['setInitialPassword', 'reset']);

/** One trace for each application and address. */
function refused(actions: readonly AuditedAction[]): readonly Trace[] {
  const failed = actions.filter(({ action, state }) => LOGONS.has(action) && state === 'failed');
  const sources = Map.groupBy(failed, ({ application, address }) => {
    return `${application ?? 'an application that the log does not name'} at ${address ?? 'an unknown address'}`;
  });
  return [...sources].map(([who, all]): Trace => {
    const at = Math.max(...all.map((one) => one.at));
    const { cause } = all.find((one) => one.at === at) ?? {};
    const count = all.length === 1 ? 'a refused logon' : `${all.length} refused logons`;
    const because = `${count}, the last at ${new Date(at).toISOString()}${cause === undefined ? '' : `: ${cause}`}`;
    return { kind: 'refused', who, because, at };
  });
}

/** Whoever set another password made the vault's a wrong one. */
function changed(actions: readonly AuditedAction[], versions: readonly number[]): readonly Trace[] {
  return actions
    .filter(({ state }) => state === 'successful')
    .filter(
      ({ action, changed }) => NEW_PASSWORDS.has(action) || (action === 'update' && /password/i.test(changed ?? '')),
    )
    .filter(({ at }) => !versions.some((version) => Math.abs(version - at) < OURS_MS))
    .map(({ caller, at }): Trace => {
      return { kind: 'changed', who: caller, because: `set its password at ${new Date(at).toISOString()}`, at };
    });
}
