import type { Subaccount } from '../../kernel/inventory.ts';
import { lookAt } from '../../kernel/observe/uses.ts';
import type { Check, Hop, Subject, SystemContext } from '../../kernel/system.ts';
import { destinationClient, type StoredDestination } from './client.ts';
import { type Placed, placed, readLevel, titleOf, usersIn } from './everywhere.ts';
import { OWNER_PROPERTY, serviceKeysOf } from './section.ts';

const CHECK = 'destination/foreign';

/**
 * Destinations and fragments that others wrote and that name the user, on both levels that a service key of the manifest shows.
 * One with an old password is the usual reason why a user gets locked again and again.
 */
export const foreign: Check = {
  id: CHECK,
  link: 'destination',
  async run(subject, ctx) {
    const { found, unread } = await everySubaccount(subject.inventory.subaccounts, ctx);
    const names = [subject.user.email, subject.user.name].map((name) => name.toLowerCase());
    const mine = found.filter(({ properties }) => usersIn(properties).some((name) => names.includes(name)));
    const hops = await Promise.all(mine.map((one) => hopOf(one, subject, ctx)));
    return [
      ...hops,
      ...unread.map(
        ({ where, because }): Hop => ({
          check: CHECK,
          title: where,
          // What others wrote proves nothing of the user, but may lock it.
          status: 'warning',
          evidence: [],
          because,
          remedy: 'mend the cause and run `locum doctor` again',
          code: 'DESTINATION_UNREADABLE',
        }),
      ),
    ];
  },
};

/** Asked once, however many users are examined. */
function everySubaccount(subaccounts: readonly Subaccount[], ctx: SystemContext) {
  const keys = serviceKeysOf(ctx.manifest);
  return ctx.memo('destination/foreign', () =>
    lookAt(
      subaccounts.filter(({ name }) => keys.has(name)),
      ({ name }) => `destinations of others in subaccount ${name}`,
      (subaccount) => foreignIn(subaccount, ctx),
    ),
  );
}

type Foreign = Placed & Pick<StoredDestination, 'secrets'>;

async function foreignIn(subaccount: Subaccount, ctx: SystemContext): Promise<readonly Foreign[]> {
  const client = await destinationClient(ctx, subaccount);
  const { instance } = client;
  const [inSubaccount, inInstance] = await Promise.all([
    readLevel(client, 'subaccount'),
    instance === undefined ? undefined : readLevel(client, 'instance'),
  ]);
  return [
    // What carries our mark there is examined by itself.
    ...placed(inSubaccount, { subaccount }).filter((one) => !isOurs(one, ctx)),
    ...(inInstance && instance !== undefined ? placed(inInstance, { subaccount, instance }) : []),
  ];
}

function isOurs({ kind, properties }: Placed, ctx: SystemContext): boolean {
  return kind === 'destination' && (properties[OWNER_PROPERTY]?.startsWith(`${ctx.manifest.name}/`) ?? false);
}

async function hopOf(one: Foreign, subject: Subject, ctx: SystemContext): Promise<Hop> {
  const hop = { check: CHECK, title: titleOf(one), evidence: ['names the user; others wrote it'] };
  const password = passwordOf(one);
  const current = await ctx.vault.open(`${ctx.manifest.name}/${subject.user.name}`, 'current');
  if (password === undefined || password.reveal() === '' || !current) return { ...hop, status: 'ok' };
  if (password.equals(current.secret)) return { ...hop, status: 'ok', evidence: [...hop.evidence, 'current password'] };
  return {
    ...hop,
    status: 'warning',
    because: 'it holds another password than the current one: its logins are refused, and each counts towards a lock',
    remedy: `have its owner put in the current one (\`locum secret show ${subject.user.name}\`), or delete it`,
    code: 'DESTINATION_FOREIGN_STALE',
  };
}

/** Of the property pair by which it logs in. */
function passwordOf({ properties, secrets }: Foreign) {
  return secrets.get(properties.User === undefined ? 'tokenServicePassword' : 'Password');
}
