import { isNews, RunError } from '../errors.ts';
import type { Credential } from './credential.ts';
import { mint } from './mint.ts';
import { prove } from './prove.ts';
import type { Leaked, RotationRecord } from './record.ts';
import type { Saga } from './saga.ts';
import { retireSlots } from './slots.ts';

/** After a leak: the leaked secret ends, and the tokens that it got, before anything is delivered. */
export async function revoke(saga: Saga): Promise<void> {
  const { strategy } = saga.record();
  if (strategy === 'overlap') await retireSlots(saga);
  else {
    // Whatever keeps the twin that is left from its new secret, the consumers are not left with one that may have ended.
    if (strategy === 'twins') await replaceLeaked(saga).catch(onlyNews);
    await saga.update({ tokensLeft: !(await endTokens(saga, false)) });
  }
}

/** What could not be ended at once is tried again when everybody has the new secret, and told. */
export async function revokeRest(saga: Saga): Promise<void> {
  const { compromised, strategy, leaked, tokensLeft } = saga.record();
  if (!compromised) return;
  if (strategy === 'twins' && !leaked?.done) await replaceLeaked(saga);
  if (tokensLeft) await saga.update({ tokensLeft: !(await endTokens(saga, true)) });
}

function onlyNews(error: unknown): void {
  if (!isNews(error) || (error instanceof RunError && error.code !== 'ERR_RUN_FAILED')) throw error;
}

/** Who has the secret of the twin that is left is refused from now on, consumers too until they are sent over. */
async function replaceLeaked(saga: Saga): Promise<void> {
  const { leaving } = saga;
  if (!leaving || saga.record().leaked?.done) return;
  const own = sagaOfLeaked(saga, leaving);
  do await mint(own);
  while (!(await prove(own)));
  const { leaked = NOTHING_YET } = saga.record();
  await saga.update({ leaked: { ...leaked, done: true } });
}

const NOTHING_YET: Leaked = { sent: false, again: false, done: false };

/** The same steps for the other twin: what they remember is kept apart. */
function sagaOfLeaked(saga: Saga, credential: Credential): Saga {
  const own = () => saga.record().leaked ?? NOTHING_YET;
  return {
    ...saga,
    credential,
    record() {
      const { to, sent, again, setBefore, setAt } = own();
      return { ...saga.record(), strategy: 'in place', from: undefined, to, sent, again, setBefore, setAt };
    },
    async update(changes) {
      const leaked = { ...own(), ...ofLeaked(changes) };
      const ended = leaked.setAt === undefined ? {} : { endedAt: leaked.setAt };
      await saga.update({ leaked, ...ended });
    },
    inspect: () => saga.inspect(credential),
    minted: () => saga.minted(credential, own().to),
  };
}

const LEAKED_KEYS: ReadonlySet<string> = new Set(['to', 'sent', 'again', 'setBefore', 'setAt']);

function ofLeaked(changes: Partial<RotationRecord>): Partial<Leaked> {
  return Object.fromEntries(Object.entries(changes).filter(([key]) => LEAKED_KEYS.has(key)));
}

/** @returns whether all that can be ended was ended */
async function endTokens(saga: Saga, last: boolean): Promise<boolean> {
  const { credential, leaving } = saga;
  const users = saga.record().strategy === 'twins' && leaving ? [leaving, credential] : [credential];
  let whole = true;
  for (const user of users) {
    const { ends, unread, limits } = await saga.tokens(user);
    const failed = unread.map(({ where, because }) => ({ where, because }));
    for (const { address, title, end } of ends) {
      const { tokensEnded = [] } = saga.record();
      if (tokensEnded.includes(address)) continue;
      await saga
        .step('revoke', address, async () => ({ detail: await end() }))
        .then(() => saga.update({ tokensEnded: [...tokensEnded, address] }))
        .catch((error: unknown) => {
          onlyNews(error);
          failed.push({ where: title, because: error instanceof Error ? error.message : '' });
        });
    }
    whole &&= failed.length === 0;
    if (last) for (const { where, because } of failed) tellLeft(saga, user.user, where, because);
    if (!last) for (const because of limits) tellLimit(saga, user.user, because);
  }
  return whole;
}

function tellLeft(saga: Saga, user: string, where: string, because: string): void {
  saga.tell({
    code: 'ROTATION_TOKENS_LEFT',
    severity: 'error',
    subject: user,
    because: `${where} could not be ended, and work for whoever has them: ${because}`,
    remedy: `\`locum freeze ${user}\` takes its roles, so that they reach nothing`,
  });
}

function tellLimit(saga: Saga, user: string, because: string): void {
  const remedy = `where that is too long: \`locum freeze ${user}\``;
  saga.tell({ code: 'ROTATION_TOKENS_OUT', severity: 'warning', subject: user, because, remedy });
}
