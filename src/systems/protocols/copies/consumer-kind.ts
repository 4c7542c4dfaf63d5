import type { Address } from '../../../kernel/address.ts';
import type { Inventory } from '../../../kernel/inventory.ts';
import type { DeclaredCredential, TechnicalUser } from '../../../kernel/manifest/types.ts';
import { lookAt } from '../../../kernel/observe/uses.ts';
import type { Consumer, ConsumerKind, Delivery } from '../../../kernel/rotate/consumer.ts';
import type { Credential } from '../../../kernel/rotate/credential.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { compare } from './compare.ts';
import { leftCopies, rememberedCopies } from './left.ts';
import { type Copy, type CopyPlace, copyAddress, type Held } from './place.ts';
import { overwrittenAt, writeCopy } from './written.ts';

/** The declared targets of one kind of place. */
export type TargetsOf<T> = (holder: TechnicalUser | DeclaredCredential, inventory: Inventory) => readonly T[];

/** How a kind of place takes part in a rotation. */
export function consumerKind<T>(system: string, place: CopyPlace<T>, targetsOf: TargetsOf<T>): ConsumerKind<T> {
  const kind = `${system}/${place.kind}`;

  /** With twins, which of the two is there, as far as the place tells. */
  function holder(held: Held, credentials: readonly Credential[]): string | undefined {
    if (held.is === 'marked') return held.name;
    const login = held.is === 'readable' ? held.login : undefined;
    if (login !== undefined) return credentials.find((one) => one.login === login)?.vaultName;
    return credentials.length === 1 && held.is !== 'absent' ? credentials[0]?.vaultName : undefined;
  }

  /** None where nothing is that could hold it. */
  async function look(target: T, own: readonly Credential[], ctx: SystemContext): Promise<readonly Consumer<T>[]> {
    const held = await place.look(target, undefined, ctx);
    if (held.is === 'nowhere') return [];
    const holds = holder(held, own);
    return [
      {
        kind,
        address: copyAddress(system, place, target),
        title: place.title(target),
        ours: true,
        credentials: own.map(({ vaultName }) => vaultName),
        ...(holds === undefined ? {} : { holds }),
        staleMs: place.staleMs?.(target) ?? 0,
        props: target,
      },
    ];
  }

  /** Places that got the secret once and are declared no more: nobody brings them the new one. */
  async function leftBehind(declared: ReadonlySet<Address>, credentials: readonly Credential[], ctx: SystemContext) {
    const { extras } = await leftCopies(system, [place as CopyPlace], declared, ctx);
    const remembered = await rememberedCopies(system, [place as CopyPlace], ctx);
    return extras.flatMap(({ address, user }): readonly Consumer<T>[] => {
      const holder = credentials.find((one) => one.user === user);
      const target = remembered.find(({ copy }) => copy.address === address)?.props.target as T | undefined;
      if (!holder || target === undefined) return [];
      return [
        {
          kind,
          address,
          title: `${place.title(target)} (not declared any more)`,
          ours: false,
          credentials: [holder.vaultName],
          holds: holder.vaultName,
          staleMs: 0,
          props: target,
        },
      ];
    });
  }

  const { prove, refusal } = place;
  return {
    kind,

    async find(credentials, inventory, ctx) {
      const { technicalUsers, credentials: declared } = ctx.manifest;
      // Twins share their places.
      const holders = [...technicalUsers.filter(({ twin }) => twin?.first !== false), ...declared];
      const found = holders.flatMap((holder) => {
        const names = [holder.name, 'twin' in holder ? (holder as TechnicalUser).twin?.other : undefined];
        const own = credentials.filter(({ user }) => names.includes(user));
        const targets = own.length === 0 ? [] : targetsOf(holder, inventory);
        return targets.map((target) => ({ target, own }));
      });
      const looked = await lookAt(
        found,
        ({ target }) => place.title(target),
        ({ target, own }) => look(target, own, ctx),
      );
      const everywhere = holders.flatMap((holder) => targetsOf(holder, inventory));
      const left = await leftBehind(
        new Set(everywhere.map((target) => copyAddress(system, place, target))),
        credentials,
        ctx,
      );
      return { consumers: [...looked.found, ...left], unread: looked.unread };
    },

    async holds({ address, props }, delivery, ctx) {
      const copy = await copyOf(delivery, ctx);
      const held = await place.look(props, copy, ctx);
      const verdict = compare(held, copy);
      if (verdict === 'unknown' && (await overwrittenAt(address, held, ctx)) !== undefined) return 'other';
      return verdict === 'absent' ? 'other' : verdict;
    },

    async deliver({ props }, delivery, ctx) {
      return writeCopy(system, place, props, await copyOf(delivery, ctx), ctx);
    },

    ...(refusal ? { refusal: ({ props }, ctx) => refusal(props, ctx) } : {}),
    ...(prove ? { prove: ({ props }, _delivery, ctx) => prove(props, ctx) } : {}),
  };
}

async function copyOf({ credential, secret, version }: Delivery, ctx: SystemContext): Promise<Copy> {
  const history = await ctx.vault.history(credential.vaultName);
  return {
    name: credential.vaultName,
    version,
    // Not in the vault: whatever is in a place was written before.
    createdAt: history.find((one) => one.version === version)?.createdAt ?? ctx.now(),
    ...(credential.login === undefined ? {} : { login: credential.login }),
    secret,
  };
}
