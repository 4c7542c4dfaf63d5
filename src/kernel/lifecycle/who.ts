import { ConfigError } from '../errors.ts';
import type { Identity } from '../identity.ts';
import { twinNames } from '../manifest/twin-names.ts';
import type { Manifest } from '../manifest/types.ts';
import { identityOf } from '../observe/uses.ts';
import type { Hold } from '../ports.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';

export interface Somebody {
  readonly identity: Identity;
  /** Whether the manifest declares it. */
  readonly declared: boolean;
}

/** Record of a hold that says whom it is about. */
interface Named {
  readonly identity?: Identity;
}

/**
 * Who a name means: a technical user of the manifest, or one that left it, known by a hold or by our mark on its user; of
 * twins both, also when they have left.
 * @throws ConfigError when nobody of that name is ours
 */
export async function whoAre(
  systems: readonly SystemDefinition[],
  name: string,
  holds: readonly Hold[],
  ctx: SystemContext,
  email?: string,
): Promise<readonly [Somebody, ...Somebody[]]> {
  const named = (one: string) => find(systems, one, holds, ctx);
  const alone = await Promise.all(namesOf(name, ctx.manifest).map(named));
  const found = alone.some((one) => one) ? alone : await Promise.all(twinNames(name).map(named));
  const [first, ...others] = found.filter((one) => one !== undefined);
  if (first) return [first, ...others];
  const provider = ctx.manifest.identityProviders[0];
  if (email !== undefined && provider) {
    const { host, originKey } = provider;
    const identity = { userName: name, email: email.toLowerCase(), originKey, host, user: name };
    return [{ identity, declared: false }];
  }
  throw new ConfigError('ERR_CONFIG', `nobody called '${name}' is, or was, a technical user of ${ctx.manifest.name}`, {
    remedy: 'if its user at the identity provider is gone already, say its e-mail with --email',
  });
}

/** The one that a name means. @throws ConfigError when nobody of that name is ours, or when it stands for twins */
export async function whoIs(
  systems: readonly SystemDefinition[],
  name: string,
  holds: readonly Hold[],
  ctx: SystemContext,
): Promise<Somebody> {
  const [one, another] = await whoAre(systems, name, holds, ctx);
  if (!another) return one;
  const twins = [one, another].map(({ identity }) => identity.userName);
  throw new ConfigError('ERR_CONFIG', `${name} stands for the twins ${twins.join(' and ')}`, {
    remedy: 'name one after the other',
  });
}

async function find(
  systems: readonly SystemDefinition[],
  name: string,
  holds: readonly Hold[],
  ctx: SystemContext,
): Promise<Somebody | undefined> {
  const declared = ctx.manifest.technicalUsers.find((user) => user.name === name);
  if (declared) return { identity: identityOf(declared, ctx.manifest), declared: true };
  const held = holds.find((hold) => hold.subject === name)?.record as Named | undefined;
  // The predecessor of a migration is somebody's own user: never ours to end.
  if (held?.identity?.user !== undefined) return { identity: held.identity, declared: false };
  const looks = await Promise.all(systems.map((system) => system.former?.(name, ctx) ?? []));
  const found = looks.flat();
  const [first, second] = found;
  if (second) {
    throw new ConfigError('ERR_CONFIG', `several users called '${name}' carry our mark`, {
      remedy: `delete all but one of them: ${found.map(({ host }) => host).join(', ')}`,
    });
  }
  return first && { identity: first, declared: false };
}

/** The technical users that a name stands for: itself, or the twins that are declared under it. */
export function namesOf(name: string, manifest: Manifest): readonly string[] {
  const twins = manifest.technicalUsers.filter((user) => user.twin?.of === name).map((user) => user.name);
  return twins.length > 0 ? twins : [name];
}
