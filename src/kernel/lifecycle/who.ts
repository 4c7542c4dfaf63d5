import { ConfigError } from '../errors.ts';
import type { Identity } from '../identity.ts';
import type { Manifest } from '../manifest/types.ts';
import type { Hold } from '../ports.ts';
import type { SystemContext, SystemDefinition } from '../system.ts';
import { identityOf } from '../uses.ts';

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
 * Who a name means: a technical user of the manifest, or one that left it, known by a hold or by our mark on its user.
 * @throws ConfigError when nobody of that name is ours
 */
export async function whoIs(
  systems: readonly SystemDefinition[],
  name: string,
  holds: readonly Hold[],
  ctx: SystemContext,
  email?: string,
): Promise<Somebody> {
  const declared = ctx.manifest.technicalUsers.find((user) => user.name === name);
  if (declared) return { identity: identityOf(declared, ctx.manifest), declared: true };
  const twins = namesOf(name, ctx.manifest);
  if (twins.length > 1) {
    throw new ConfigError('ERR_CONFIG', `${name} stands for the twins ${twins.join(' and ')}`, {
      remedy: 'name one after the other',
    });
  }
  const held = holds.find((hold) => hold.subject === name)?.record as Named | undefined;
  // The predecessor of a migration is somebody's own user: never ours to end.
  if (held?.identity?.user !== undefined) return { identity: held.identity, declared: false };
  const looks = await Promise.all(systems.map((system) => system.former?.(name, ctx) ?? []));
  const found = looks.flat();
  const [first, second] = found;
  if (first && !second) return { identity: first, declared: false };
  if (second) {
    throw new ConfigError('ERR_CONFIG', `several users called '${name}' carry our mark`, {
      remedy: `delete all but one of them: ${found.map(({ host }) => host).join(', ')}`,
    });
  }
  const provider = ctx.manifest.identityProviders[0];
  if (email !== undefined && provider) {
    const { host, originKey } = provider;
    const identity = { userName: name, email: email.toLowerCase(), originKey, host, user: name };
    return { identity, declared: false };
  }
  throw new ConfigError('ERR_CONFIG', `nobody called '${name}' is, or was, a technical user of ${ctx.manifest.name}`, {
    remedy: 'if its user at the identity provider is gone already, say its e-mail with --email',
  });
}

/** The technical users that a name stands for: itself, or the twins that are declared under it. */
export function namesOf(name: string, manifest: Manifest): readonly string[] {
  const twins = manifest.technicalUsers.filter((user) => user.twin?.of === name).map((user) => user.name);
  return twins.length > 0 ? twins : [name];
}
