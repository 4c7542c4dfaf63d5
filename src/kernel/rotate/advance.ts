import { isNews, RunError } from '../errors.ts';
import { conclude } from './conclude.ts';
import { deliver } from './deliver.ts';
import { retire, rollBack, stragglers } from './finish.ts';
import { mint } from './mint.ts';
import { prove } from './prove.ts';
import { canGoBack, type Phase, type RotationRecord } from './record.ts';
import { revoke } from './revoke.ts';
import { RollBack, type Saga, Stopped, Waiting } from './saga.ts';
import { beSureThatAllIsSeen } from './unseen.ts';

/**
 * `settling`: every consumer has the new secret, but may use the old one until caches are over.
 * `going back`: every consumer has the old secret again, but may use the new one until caches are over.
 * `waiting`: a person has to do something at a console first.
 * `stopped`: it can't go on now; nothing is lost, and the next call goes on.
 */
export type Outcome = 'done' | 'settling' | 'going back' | 'waiting' | 'stopped' | 'rolled back';

/** Goes on from where the rotation is, as far as it gets. Every phase looks first, so that nothing is done twice. */
export async function advance(saga: Saga): Promise<Outcome> {
  for (;;) {
    try {
      const outcome = await phaseOf(saga);
      if (outcome) return outcome;
    } catch (error) {
      if (!(error instanceof RollBack)) return stop(saga, error);
      if (!(await goBack(saga, error.message))) return 'stopped';
    }
  }
}

/**
 * Turns the rotation round, where there is a way back; else tells that there is none, and the next call goes on.
 * @param because a cause, or why somebody asked for it
 */
export async function goBack(saga: Saga, because: string, asked = false): Promise<boolean> {
  if (canGoBack(saga.record())) {
    // What is waited for on the way back stays what it is.
    if (saga.record().phase !== 'roll back') await saga.update({ phase: 'roll back', because, settleUntil: undefined });
    return true;
  }
  const { user } = saga.credential;
  saga.tell({
    code: 'ROTATION_NO_WAY_BACK',
    severity: 'error',
    subject: user,
    because: `the old secret has ended, so the rotation can only go on${asked ? '' : ` (${because})`}`,
    remedy: `${asked ? '' : 'mend the cause, then '}\`locum rotate ${user}\` goes on`,
  });
  return false;
}

async function phaseOf(saga: Saga): Promise<Outcome | undefined> {
  const { ctx } = saga;
  const { phase, strategy, compromised, settleUntil = 0 } = saga.record();
  const next = (to: Phase) => saga.update({ phase: to });
  switch (phase) {
    case 'mint':
      await mint(saga);
      return void (await next('prove'));
    case 'prove':
      // Of several secrets the leaked one ended before; else there is another from now on.
      if (await prove(saga)) await next(compromised && strategy !== 'overlap' ? 'revoke' : 'deliver');
      return undefined;
    case 'revoke':
      await revoke(saga);
      return void (await next(strategy === 'overlap' ? 'mint' : 'deliver'));
    case 'deliver':
      await deliver(saga);
      beSureThatAllIsSeen(saga);
      return void (await next('settle'));
    case 'settle':
      if (ctx.now() < settleUntil) return 'settling';
      beSureThatAllIsSeen(saga);
      if (await allHoldIt(saga)) await next('retire');
      return undefined;
    case 'retire':
      await retire(saga);
      return end(saga, 'done');
    case 'roll back':
      if (!(await rollBack(saga))) return 'going back';
      return end(saga, 'rolled back');
    case 'done':
    case 'rolled back':
      return end(saga, phase);
  }
}

/** Somebody may have written an old one back meanwhile: supplied once more; who does it again would do it for ever. */
async function allHoldIt(saga: Saga): Promise<boolean> {
  const found = await stragglers(saga);
  if (found.length === 0) return true;
  const { writtenBack = [] } = saga.record();
  const twice = found.find(({ consumer }) => writtenBack.includes(consumer.address));
  const noted = [...writtenBack, ...found.map(({ consumer }) => consumer.address)];
  await saga.update({ phase: 'deliver', writtenBack: twice ? undefined : noted });
  if (!twice) return false;
  const { user } = saga.credential;
  throw new Stopped({
    code: 'ROTATION_WRITTEN_BACK',
    severity: 'error',
    subject: twice.consumer.address,
    because: `${twice.consumer.title} was given the new secret twice, and holds another one each time caches are over: somebody writes it back`,
    remedy: `stop that, then \`locum rotate ${user}\` goes on`,
  });
}

async function end(saga: Saga, outcome: 'done' | 'rolled back'): Promise<Outcome> {
  await saga.update({ phase: outcome });
  await conclude({ ...saga.rotation, record: saga.record() }, saga);
  return outcome;
}

/** The phase from which a rotation goes on when a leak becomes known on its way. */
export function afterLeak({ phase, strategy }: Pick<RotationRecord, 'phase' | 'strategy'>): Phase {
  if (strategy === 'overlap') return 'revoke';
  if (phase === 'roll back') return 'mint';
  return phase === 'mint' || phase === 'prove' ? phase : 'revoke';
}

/** A leak becomes known on its way: what leaked ends first from now on, and nothing goes back to it. */
export async function takeLeak(saga: Saga): Promise<void> {
  const { to, phase, strategy } = saga.record();
  const history = await saga.ctx.vault.history(saga.credential.vaultName);
  const gone = history.find(({ version }) => version === to)?.state === 'retired';
  // On the way back it may have been given up already: another is made.
  const anew = { to: undefined, slot: undefined, sent: false, again: false, setBefore: undefined, setAt: undefined };
  await saga.update({ compromised: true, phase: afterLeak({ phase, strategy }), ...(gone ? anew : {}) });
}

/** Bad news that may pass; our own bugs and a lost lease are thrown on. */
function stop(saga: Saga, error: unknown): Outcome {
  if (error instanceof Waiting) {
    const { user } = saga.credential;
    const { title, url } = error.task;
    saga.waitFor(error.task);
    saga.tell({
      code: 'ROTATION_WAITS',
      severity: 'warning',
      subject: user,
      because: `it waits for a person to ${title}: the service has no API for it`,
      remedy: `do it at ${url}, then \`locum rotate ${user}\` goes on`,
    });
    return 'waiting';
  }
  if (error instanceof Stopped) saga.tell(error.finding);
  else if (isNews(error) && !(error instanceof RunError)) {
    const { user } = saga.credential;
    saga.tell({
      code: 'ROTATION_STOPPED',
      severity: 'error',
      subject: user,
      because: error.message,
      remedy: error.remedy ?? `mend the cause, then \`locum rotate ${user}\` goes on`,
    });
  } else throw error;
  return 'stopped';
}
