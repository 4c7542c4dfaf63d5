import { address } from '../../kernel/address.ts';
import type { Identity, Known, Stop, Stops } from '../../kernel/identity.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { ACTIVATION, type ActivationProps } from './activation.ts';
import { iasClient } from './client.ts';
import { OWNERSHIP, ownershipMark } from './ownership.ts';
import { ofName } from './seen-user.ts';

/** The right to log on at the tenant. */
export async function stops(identity: Identity, _: readonly Known[], ctx: SystemContext): Promise<Stops> {
  const provider = ctx.manifest.identityProviders.find(({ host }) => host === identity.host);
  if (!provider || identity.user === undefined) return { found: [], unread: [], limits: [] };
  const found = await (await iasClient(ctx, provider.host)).find([identity]);
  const user = ofName(found, identity.userName);
  if (!user) return { found: [], unread: [], limits: [] };
  const where = `logon of ${user.userName} at ${provider.host}`;
  const mark = ownershipMark(ctx.manifest.name, identity.user);
  if (user.customAttributes[OWNERSHIP.mark] !== mark) {
    const remedy = 'deactivate it in the administration console';
    return { found: [], unread: [{ where, because: 'the user does not carry our mark', remedy }], limits: [] };
  }
  const { host } = provider;
  const props = (active: boolean): ActivationProps => ({
    host,
    userName: user.userName,
    email: user.email ?? identity.email,
    mark,
    active,
  });
  const stop: Stop = {
    what: 'logon',
    title: where,
    action: 'update',
    type: ACTIVATION,
    address: address('ias', 'activation', provider.name, user.userName),
    scope: host,
    props: { ...props(false) },
    undo: { ...props(user.active) },
  };
  // SAP documents no API that ends the sessions of a user; 12 hours is the longest that one may last.
  const limits = [`sessions in browsers at ${host} end by themselves, after 12 hours at most`];
  return { found: [stop], unread: [], limits };
}
