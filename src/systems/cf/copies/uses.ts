import type { Identity, Use, Uses } from '../../../kernel/identity.ts';
import type { Inventory } from '../../../kernel/inventory.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { lookAt } from '../../../kernel/uses.ts';
import { copyAddress } from '../../protocols/copies/copy-type.ts';
import { appEnvironment } from './app-environment.ts';
import { declares } from './consumers.ts';
import { environmentTargets } from './declared.ts';
import { namesUser, type ShownService, serviceAddress, servicesEverywhere } from './found.ts';

/** Places from which apps read the identity's credentials: user-provided services that name it, and declared environments. */
export async function copiesOf(identity: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const [services, environments] = await Promise.all([
    servicesEverywhere(inventory, ctx),
    inEnvironments(identity, inventory, ctx),
  ]);
  return {
    found: [
      ...services.shown
        .filter(({ credentials }) => namesUser(credentials, { email: identity.email, login: identity.userName }))
        .map((one) => useOf(one, identity, inventory, ctx)),
      ...environments.found,
    ],
    unread: [...services.unread, ...environments.unread],
  };
}

function useOf(one: ShownService, identity: Identity, inventory: Inventory, ctx: SystemContext): Use {
  const { credentials: _secret, ...place } = one;
  return {
    ...OF_AN_APP,
    type: 'cf/user-provided-service',
    address: serviceAddress(place),
    title: `user-provided service ${place.instance} in ${place.org}/${place.space}`,
    ours: declares(identity.user, one, inventory, ctx),
    scope: place.api,
    props: { ...place },
  };
}

function inEnvironments({ user }: Identity, inventory: Inventory, ctx: SystemContext): Promise<Uses> {
  const declared = ctx.manifest.technicalUsers.find(({ name }) => name === user);
  return lookAt(declared ? environmentTargets(declared, inventory) : [], appEnvironment.title, async (target) => {
    const held = await appEnvironment.look(target, undefined, ctx);
    if (held.is !== 'readable') return [];
    const at = copyAddress('cf', appEnvironment, target);
    const what = { type: 'cf/app-environment', address: at, title: appEnvironment.title(target), ours: true };
    return [{ ...OF_AN_APP, ...what, scope: target.api, props: { ...target } }];
  });
}

const OF_AN_APP = { what: 'credential', removable: false, because: 'an app may need it to start' } as const;
