import type { Inventory } from '../../../kernel/inventory.ts';
import type { Consumer, ConsumerKind } from '../../../kernel/rotate/consumer.ts';
import type { Credential } from '../../../kernel/rotate/credential.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { consumerKind } from '../../protocols/copies/consumer-kind.ts';
import { appEnvironment } from './app-environment.ts';
import { environmentTargets, type ServiceTarget, serviceTargets } from './declared.ts';
import { namesUser, type ShownService, serviceAddress, servicesEverywhere } from './found.ts';
import { userProvidedService } from './user-provided-service.ts';

export const environmentConsumers = consumerKind('cf', appEnvironment, environmentTargets);

const declared = consumerKind('cf', userProvidedService, serviceTargets);

/** Declared user-provided services, and those of others that name the user: found by looking. */
export const serviceConsumers: ConsumerKind<ServiceTarget> = {
  ...declared,

  async find(credentials, inventory, ctx) {
    const [ours, { shown, unread }] = await Promise.all([
      declared.find(credentials, inventory, ctx),
      servicesEverywhere(inventory, ctx),
    ]);
    const others = shown.flatMap((one) => foreign(one, credentials, inventory, ctx) ?? []);
    return { consumers: [...ours.consumers, ...others], unread: [...ours.unread, ...unread] };
  },
};

/** Whether a technical user declares an instance as its own place; twins declare together. */
export function declares(
  user: string | undefined,
  one: ShownService,
  inventory: Inventory,
  ctx: SystemContext,
): boolean {
  const { technicalUsers } = ctx.manifest;
  const holders = technicalUsers.filter(({ name, twin }) => name === user || twin?.other === user);
  return holders
    .flatMap((holder) => serviceTargets(holder, inventory))
    .some(({ spaceGuid, instance }) => spaceGuid === one.spaceGuid && instance === one.instance);
}

function foreign(
  one: ShownService,
  credentials: readonly Credential[],
  inventory: Inventory,
  ctx: SystemContext,
): Consumer<ServiceTarget> | undefined {
  const { credentials: kept, ...place } = one;
  const held = credentials.filter(
    ({ login, user }) =>
      login !== undefined && namesUser(kept, { email: login, login: user }) && !declares(user, one, inventory, ctx),
  );
  if (held.length === 0) return undefined;
  const [only, ...more] = held.map(({ vaultName }) => vaultName);
  return {
    kind: 'cf/user-provided-service',
    address: serviceAddress(place),
    title: `user-provided service ${place.instance} in ${place.org}/${place.space}`,
    ours: false,
    credentials: held.map(({ vaultName }) => vaultName),
    ...(only === undefined || more.length > 0 ? {} : { holds: only }),
    staleMs: 0,
    props: { ...place, userKey: 'username', passwordKey: 'password', after: 'none' },
  };
}
