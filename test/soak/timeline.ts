/** What all processes share: the time, and what comes about after so many effects of any of them. */
export interface Timeline {
  now: number;
  /** Something changes or may have changed: what is due comes about first. */
  tick(): Promise<void>;
  /** Comes about after so many more effects, or with {@link flush}. */
  after(effects: number, happen: () => unknown): void;
  /** With every so many effects, until it is ended. */
  every(effects: number, happen: () => void): () => void;
  /** Whatever is still to come about does so now. */
  flush(): Promise<void>;
}

export function createTimeline(now: number): Timeline {
  let effects = 0;
  let waiting: { readonly at: number; readonly happen: () => unknown }[] = [];
  const regular = new Set<{ readonly every: number; readonly happen: () => void }>();

  async function release(due: (one: { readonly at: number }) => boolean): Promise<void> {
    const ready = waiting.filter(due);
    waiting = waiting.filter((one) => !due(one));
    for (const { happen } of ready) await happen();
  }

  return {
    now,
    async tick() {
      effects++;
      for (const { every, happen } of regular) if (effects % every === 0) happen();
      await release(({ at }) => at <= effects);
    },
    after(more, happen) {
      waiting.push({ at: effects + more, happen });
    },
    every(each, happen) {
      const one = { every: each, happen };
      regular.add(one);
      return () => void regular.delete(one);
    },
    flush: () => release(() => true),
  };
}
