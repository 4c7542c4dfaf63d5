import type { Address } from '../../../kernel/address.ts';
import { isNews } from '../../../kernel/errors.ts';
import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import type { Holder } from './place.ts';
import { type Copy, type CopyPlace, copyAddress, type Held } from './place.ts';

/**
 * Writes a copy. Before, it is noted that a secret of ours is, or may be, in the place from now on: a crash in between
 * must not lose it. After, the time that the place itself gives to the write, where it gives one for the secret alone:
 * by it we notice who writes there after us.
 */
export async function writeCopy<T>(
  system: string,
  place: CopyPlace<T>,
  target: T,
  copy: Copy,
  ctx: SystemContext,
): Promise<JsonObject> {
  const { name: vaultName, login } = copy;
  const holder = { vaultName, ...(login === undefined ? {} : { login }) };
  await remember(system, place, target, holder, ctx);
  const evidence = await place.write(target, copy, ctx);
  const writtenAt = await timeOf(place, target, copy, ctx);
  if (writtenAt !== undefined) await remember(system, place, target, { ...holder, writtenAt }, ctx);
  return evidence;
}

async function timeOf<T>(place: CopyPlace<T>, target: T, copy: Copy, ctx: SystemContext): Promise<number | undefined> {
  if (!place.dates) return undefined;
  try {
    return timeIn(await place.look(target, copy, ctx));
  } catch (error) {
    // The secret is delivered; who overwrites it before the next delivery is not noticed then.
    if (!isNews(error)) throw error;
    return undefined;
  }
}

/** When somebody else wrote the secret after we did; undefined as far as the place tells. */
export async function overwrittenAt(at: Address, held: Held, ctx: SystemContext): Promise<number | undefined> {
  const time = timeIn(held);
  if (time === undefined) return undefined;
  const remembered = (await ctx.copies.of(ctx.manifest.name)).find(({ address }) => address === at);
  const { writtenAt } = (remembered?.props ?? {}) as { readonly writtenAt?: number };
  return writtenAt !== undefined && time > writtenAt ? time : undefined;
}

function timeIn(held: Held): number | undefined {
  return held.is === 'dated' && !held.shared ? held.at : undefined;
}

function remember<T>(
  system: string,
  place: CopyPlace<T>,
  target: T,
  props: Holder & { readonly writtenAt?: number },
  ctx: SystemContext,
): Promise<void> {
  const { vaultName } = props;
  return ctx.copies.remember({
    manifest: ctx.manifest.name,
    address: copyAddress(system, place, target),
    type: `${system}/${place.kind}`,
    user: vaultName.slice(vaultName.lastIndexOf('/') + 1),
    at: ctx.now(),
    props: JSON.parse(JSON.stringify({ ...props, target })) as Json,
  });
}
