import type { Inventory } from '../../../kernel/inventory.ts';
import type { TechnicalUser } from '../../../kernel/manifest/types.ts';
import type { Consumer, ConsumerKind } from '../../../kernel/rotate/consumer.ts';
import type { Credential } from '../../../kernel/rotate/credential.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { consumerKind } from '../../protocols/copies/consumer-kind.ts';
import { appEnvironment } from './app-environment.ts';
import { environmentTargets, serviceTargets } from './declared.ts';
import { placeAddress, placesEverywhere, placeTitle, type ShownPlace } from './found.ts';
import { secretsOf, tracesIn } from './names.ts';
import type { EnvironmentTarget, ServiceTarget } from './targets.ts';
import { userProvidedService } from './user-provided-service.ts';

const ownServices = consumerKind('cf', userProvidedService, serviceTargets);
const ownEnvironments = consumerKind('cf', appEnvironment, environmentTargets);

/** Declared user-provided services, and those of others that name the user or hold its secret: found by looking. */
export const serviceConsumers: ConsumerKind<ServiceTarget> = {
  ...ownServices,

  async find(credentials, inventory, ctx) {
    const [ours, { unread }] = await Promise.all([
      ownServices.find(credentials, inventory, ctx),
      placesEverywhere(inventory, ctx),
    ]);
    const others = await foreign('user-provided-service', credentials, inventory, ctx);
    const props = ({ name: instance, ...place }: Where): ServiceTarget => ({
      ...place,
      instance,
      userKey: 'username',
      passwordKey: 'password',
      after: 'none',
    });
    return {
      consumers: [...ours.consumers, ...others.map(({ where, ...one }) => ({ ...one, props: props(where) }))],
      // Told here for environments as well: they are read together.
      unread: [...ours.unread, ...unread],
    };
  },
};

/** The same of environment variables. */
export const environmentConsumers: ConsumerKind<EnvironmentTarget> = {
  ...ownEnvironments,

  async find(credentials, inventory, ctx) {
    const ours = await ownEnvironments.find(credentials, inventory, ctx);
    const others = await foreign('app-environment', credentials, inventory, ctx);
    const props = ({ name: app, ...place }: Where): EnvironmentTarget => ({
      ...place,
      app,
      passwordVariable: 'PASSWORD',
      after: 'none',
    });
    return {
      consumers: [...ours.consumers, ...others.map(({ where, ...one }) => ({ ...one, props: props(where) }))],
      unread: ours.unread,
    };
  },
};

/** Whether a technical user, or somebody of that name among the credentials, declares a place as its own; twins declare together. */
export function declares(user: string | undefined, one: ShownPlace, inventory: Inventory, ctx: SystemContext): boolean {
  const { technicalUsers, credentials } = ctx.manifest;
  const isHolder = ({ name, twin }: Pick<TechnicalUser, 'name' | 'twin'>) => name === user || twin?.other === user;
  const holders = [...technicalUsers.filter(isHolder), ...credentials.filter(({ name }) => name === user)];
  return holders.some((holder) =>
    one.kind === 'app-environment'
      ? environmentTargets(holder, inventory).some(
          ({ spaceGuid, app }) => spaceGuid === one.spaceGuid && app === one.name,
        )
      : serviceTargets(holder, inventory).some(
          ({ spaceGuid, instance }) => spaceGuid === one.spaceGuid && instance === one.name,
        ),
  );
}

type Where = Omit<ShownPlace, 'kind' | 'content'>;

interface Foreign extends Omit<Consumer, 'props'> {
  readonly where: Where;
}

/** Places of one kind that nobody declares for a credential that they name or hold. */
async function foreign(
  kind: ShownPlace['kind'],
  credentials: readonly Credential[],
  inventory: Inventory,
  ctx: SystemContext,
): Promise<readonly Foreign[]> {
  const { shown } = await placesEverywhere(inventory, ctx);
  const known = await Promise.all(
    credentials.map(async ({ vaultName, login, user }) => ({
      vaultName,
      user,
      traces: {
        ...(login === undefined ? {} : { email: login, login: user }),
        secrets: await secretsOf(vaultName, ctx.vault),
      },
    })),
  );
  return shown
    .filter((one) => one.kind === kind)
    .flatMap((one): readonly Foreign[] => {
      const held = known.filter(
        ({ traces, user }) => tracesIn(one.content, traces) !== undefined && !declares(user, one, inventory, ctx),
      );
      const [only, ...more] = held.map(({ vaultName }) => vaultName);
      if (only === undefined) return [];
      const { kind: _kind, content: _secret, ...where } = one;
      return [
        {
          kind: `cf/${kind}`,
          address: placeAddress(one),
          title: placeTitle(one),
          ours: false,
          credentials: held.map(({ vaultName }) => vaultName),
          ...(more.length > 0 ? {} : { holds: only }),
          staleMs: 0,
          where,
        },
      ];
    });
}
