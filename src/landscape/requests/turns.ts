import { AsyncLocalStorage } from 'node:async_hooks';
import { InvariantError } from '../../kernel/errors.ts';

/** Lets one piece of work after the other touch the state. */
export interface Turns {
  /** Runs work in a turn of its own, which it keeps to its end. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Runs work in a turn of its own, which it may leave by {@link Turns.aside}. */
  takeLeaving<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Runs a part of a turn's work that neither reads nor changes the state (a hash, a signature, a pause), and lets others have
   * their turn meanwhile. Only as long as the turn has changed nothing: then it is as if the turn began after this part, but
   * for what the turn has read before. A turn that has changed something is not left, and neither is one of `take`.
   * @param kept how the part is done in a turn that is not left. @default the same way
   */
  aside<T>(part: () => Promise<T>, kept?: () => T | Promise<T>): Promise<T>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface Turn {
  held: boolean;
  ended: boolean;
  /** Parts under way beside the turn. */
  aside: number;
  /** The way back into the turn, shared by parts that end at the same time. */
  back: Promise<void> | undefined;
}

/** @param unchanged whether the turn that is held has changed nothing so far */
export function createTurns(unchanged: () => boolean): Turns {
  const leaving = new AsyncLocalStorage<Turn>();
  const beginning: (() => void)[] = [];
  const returning: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  let busy = false;

  function enter(turn: Turn, queue: (() => void)[]): Promise<void> {
    return new Promise((resolve) => {
      const begin = () => {
        turn.held = true;
        resolve();
      };
      if (busy) queue.push(begin);
      else {
        busy = true;
        begin();
      }
    });
  }

  /** Who has been at work before goes first: requests end in about the order in which they came. */
  function leave(turn: Turn): void {
    turn.held = false;
    const next = returning.shift() ?? beginning.shift();
    if (next) next();
    else busy = false;
  }

  async function comeBack(turn: Turn): Promise<void> {
    // The turn ended without waiting for this part: whatever comes after it would touch the state out of turn.
    if (turn.ended) throw new InvariantError('a request was answered before all of its parts had ended');
    if (turn.held) return;
    turn.back ??= enter(turn, returning).finally(() => {
      turn.back = undefined;
    });
    await turn.back;
  }

  async function inTurn<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    await enter(turn, beginning);
    try {
      return await work();
    } finally {
      turn.ended = true;
      if (turn.held) leave(turn);
    }
  }

  function tracked<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    const forget = () => underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  const newTurn = (): Turn => ({ held: false, ended: false, aside: 0, back: undefined });

  return {
    take: (work) => tracked(inTurn(newTurn(), () => leaving.exit(work))),
    takeLeaving(work) {
      const turn = newTurn();
      return tracked(inTurn(turn, () => leaving.run(turn, work)));
    },
    async aside(part, kept = part) {
      const turn = leaving.getStore();
      if (!turn) return kept();
      if (turn.held) {
        // A sibling part may still be away while this one has come back to the turn: then it is not left again.
        if (turn.aside > 0 || !unchanged()) return kept();
        leave(turn);
      }
      turn.aside += 1;
      try {
        return await part();
      } finally {
        turn.aside -= 1;
        await comeBack(turn);
      }
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
    },
  };
}
