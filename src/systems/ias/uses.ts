import { address } from '../../kernel/address.ts';
import type { Identity, Use, Uses } from '../../kernel/identity.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import { defaultEmail } from '../../kernel/manifest/load.ts';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { keptVersions } from '../../kernel/vault/states.ts';
import { iasClient } from './client.ts';
import { connectionsOf } from './connections.ts';
import { OWNERSHIP, ownershipMark } from './ownership.ts';
import type { PasswordProps } from './password.ts';
import { vaultName } from './section.ts';
import { ofName, type SeenUser } from './seen-user.ts';
import type { UserProps } from './user.ts';

/** The user at its tenant, and the versions of its password in the vault. SAP ID service can't be looked at. */
export async function uses(identity: Identity, _: Inventory, ctx: SystemContext): Promise<Uses> {
  const provider = ctx.manifest.identityProviders.find(({ host }) => host === identity.host);
  if (!provider) return { found: [], unread: [] };
  const account = await lookAt(
    [provider.host],
    (host) => `users of ${host}`,
    async (host) => {
      const found = await (await iasClient(ctx, host)).find([identity]);
      const user = ofName(found, identity.userName);
      return user ? [accountOf(user, provider, identity, ctx)] : [];
    },
  );
  return { ...account, found: [...account.found, ...(await secretOf(provider, identity, ctx))] };
}

/** Users of that login name, in every connected tenant, that carry our mark. */
export async function former(name: string, ctx: SystemContext): Promise<readonly Identity[]> {
  const connected = connectionsOf(ctx.manifest);
  const mark = ownershipMark(ctx.manifest.name, name);
  const looks = await Promise.all(
    ctx.manifest.identityProviders
      .filter((provider) => connected[provider.name])
      .map(async ({ host, originKey }) => {
        const users = await (await iasClient(ctx, host)).find([{ userName: name, email: defaultEmail(name) }]);
        return users
          .filter((user) => user.customAttributes[OWNERSHIP.mark] === mark)
          .map((user) => ({
            userName: user.userName,
            email: (user.email ?? defaultEmail(name)).toLowerCase(),
            originKey,
            host,
            user: name,
          }));
      }),
  );
  return looks.flat();
}

type Provider = { readonly name: string; readonly host: string };

function accountOf(user: SeenUser, { name, host }: Provider, identity: Identity, ctx: SystemContext): Use {
  const mark = user.customAttributes[OWNERSHIP.mark];
  const ours = identity.user !== undefined && mark === ownershipMark(ctx.manifest.name, identity.user);
  const props: UserProps = {
    identityProvider: name,
    host,
    userName: user.userName,
    email: user.email ?? identity.email,
    userType: user.userType ?? '',
    owner: user.customAttributes[OWNERSHIP.owner] ?? '',
    purpose: user.customAttributes[OWNERSHIP.purpose] ?? '',
    mark: mark ?? '',
  };
  return {
    type: 'ias/user',
    address: address('ias', 'user', name, user.userName),
    what: 'account',
    title: `user ${user.userName} of ${host}${user.active ? '' : ' (inactive)'}`,
    ours,
    scope: host,
    removable: ours,
    ...(ours ? {} : { because: mark ? `it belongs to ${mark.slice(0, 80)}` : 'it does not carry our mark' }),
    props: { ...props },
  };
}

async function secretOf({ name, host }: Provider, identity: Identity, ctx: SystemContext): Promise<readonly Use[]> {
  if (identity.user === undefined) return [];
  const kept = vaultName(ctx.manifest, { name: identity.user });
  const versions = keptVersions(await ctx.vault.history(kept));
  if (versions === undefined) return [];
  const { userName, email } = identity;
  const mark = ownershipMark(ctx.manifest.name, identity.user);
  const props: PasswordProps = { identityProvider: name, host, userName, email, mark, vaultName: kept };
  return [
    {
      type: 'ias/password',
      address: address('ias', 'password', name, identity.userName),
      what: 'secret',
      title: `password in the vault (${versions})`,
      ours: true,
      scope: host,
      removable: true,
      props: { ...props },
      after: [address('ias', 'user', name, identity.userName)],
    },
  ];
}
