import { isNews, RunError } from '../errors.ts';
import { deliver } from './deliver.ts';
import { conclude, retire, rollBack, stragglers } from './finish.ts';
import { mint } from './mint.ts';
import { prove } from './prove.ts';
import { canGoBack, type Phase, type RotationRecord } from './record.ts';
import { revoke } from './revoke.ts';
import { RollBack, type Saga, Stopped, Waiting } from './saga.ts';
import { beSureThatAllIsSeen } from './unseen.ts';

/**
 * `settling`: every consumer has the new secret, but may use the old one until caches are over.
 * `waiting`: a person has to do something at a console first.
 * `stopped`: it can't go on now; nothing is lost, and the next call goes on.
 */
export type Outcome = 'done' | 'settling' | 'waiting' | 'stopped' | 'rolled back';

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
    await saga.update({ phase: 'roll back', because });
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
      // Somebody may have written an old one back meanwhile.
      return void (await next((await stragglers(saga)).length > 0 ? 'deliver' : 'retire'));
    case 'retire':
      await retire(saga);
      return end(saga, 'done');
    case 'roll back':
      await rollBack(saga);
      return end(saga, 'rolled back');
    case 'done':
    case 'rolled back':
      return end(saga, phase);
  }
}

async function end(saga: Saga, outcome: 'done' | 'rolled back'): Promise<Outcome> {
  await saga.update({ phase: outcome });
  await conclude(saga);
  await saga.update({}, { at: saga.ctx.now() });
  return outcome;
}

/** The phase from which a rotation goes on when a leak becomes known on its way. */
export function afterLeak({ phase, strategy }: Pick<RotationRecord, 'phase' | 'strategy'>): Phase {
  if (phase === 'done' || phase === 'rolled back') return phase;
  const early = phase === 'mint' || phase === 'prove';
  return early && strategy !== 'overlap' ? phase : 'revoke';
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
