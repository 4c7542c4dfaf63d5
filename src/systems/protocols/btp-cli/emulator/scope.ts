import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { type Answer, notAuthorized } from './answers.ts';

export type ScopeVerdict =
  | { readonly zone: Zone }
  /** The server's own verdict, before any service is asked. */
  | { readonly status: 400 | 403; readonly serverMessage?: string }
  | { readonly answer: Answer };

/**
 * Resolves the tenant of a tenant-scoped command (notes §3.1): the server looks it up before it asks the service, so
 * an unknown one is its own HTTP 403, where `accounts/*` would give the account service's 404 inside HTTP 200.
 */
export function resolveScope(
  ctx: EmulatorContext,
  globalAccount: Zone,
  params: Readonly<Record<string, string>>,
): ScopeVerdict {
  const { subaccount, directory, globalAccount: subdomain } = params;
  const accounts = ctx.world.use('accounts');
  if (subaccount === '' || directory === '') return { status: 400 };
  if (subaccount !== undefined) {
    const zone = accounts.zone(subaccount);
    if (zone?.kind === 'subaccount' && zone.globalAccount === globalAccount.guid) return { zone };
    return missing('Subaccount', subaccount);
  }
  if (directory !== undefined) {
    const zone = accounts.zone(directory);
    if (zone?.kind !== 'directory' || zone.globalAccount !== globalAccount.guid) return missing('Directory', directory);
    // Recording resource_directory_role.not_security_enabled; up to v2.97 this was an HTTP 403 with a message.
    return zone.authorizations ? { zone } : { answer: notAuthorized() };
  }
  if (subdomain === '') return { status: 400 };
  if (subdomain !== undefined) {
    const zone = accounts.globalAccountBySubdomain(subdomain);
    if (zone?.guid === globalAccount.guid) return { zone };
    // assumed: by analogy with subaccounts and directories.
    return missing('Global account', subdomain);
  }
  // Recorded with v2.38 only, for a directory without a tenant.
  const serverMessage = 'None of the authorization parameters represented a tenant for token exchange.';
  return { status: 400, serverMessage };
}

function missing(kind: string, id: string): ScopeVerdict {
  const serverMessage = `${kind} '${id}' does not exist and thus did not entitle you to execute the command.`;
  return { status: 403, serverMessage };
}
