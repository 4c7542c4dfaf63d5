/** What came of one login attempt. */
export type LoginOutcome<T> =
  | { readonly status: 'accepted'; readonly value: T }
  /** The service refused the credentials: one failed login is spent. `reason` is the vendor's code or short text. */
  | { readonly status: 'refused'; readonly reason: string }
  /** Not sent: a login of this user was refused before in this run, or elsewhere, and one more failure could lock the user. */
  | { readonly status: 'spared'; readonly reason: string /** It was others who failed. */; readonly elsewhere?: true };

/** Why a user's logins are spared from the beginning: others have spent its allowance. Asked once before the first. */
export type LoginRoom = (user: string) => Promise<string | undefined>;

/**
 * One budget for every login of a technical user anywhere in a run, also those that a service makes on our behalf
 * (the Destination service's find): after one refusal nothing more is sent until the password was renewed.
 * (IAS locks after 5 failures, a custom policy after as few as 1.)
 */
export interface LoginGuard {
  /**
   * @param user name of the technical user
   * @param login returns `refused` for wrong credentials; throws for anything else (no answer, 5xx): that spends nothing
   */
  attempt<T>(
    user: string,
    login: () => Promise<Exclude<LoginOutcome<T>, { status: 'spared' }>>,
  ): Promise<LoginOutcome<T>>;
  /** A new password was set: the budget starts anew. */
  renewed(user: string): void;
}

export function createLoginGuard(room: LoginRoom = async () => undefined): LoginGuard {
  const refused = new Map<string, string>();
  /** By others, as it was found before the first login. */
  const spent = new Map<string, string>();
  const queues = new Map<string, Promise<unknown>>();
  const asked = new Set<string>();

  /** Why nothing is sent. */
  async function obstacle(user: string): Promise<Extract<LoginOutcome<never>, { status: 'spared' }> | undefined> {
    if (!asked.has(user)) {
      asked.add(user);
      const reason = await room(user);
      if (reason !== undefined) spent.set(user, reason);
    }
    const elsewhere = spent.get(user);
    if (elsewhere !== undefined) return { status: 'spared', reason: elsewhere, elsewhere: true };
    const reason = refused.get(user);
    return reason === undefined ? undefined : { status: 'spared', reason };
  }

  return {
    attempt(user, login) {
      // One after the other per user: two parallel attempts with a wrong password would be two failures.
      const turn = (queues.get(user) ?? Promise.resolve()).then(async () => {
        const spared = await obstacle(user);
        if (spared) return spared;
        const outcome = await login();
        if (outcome.status === 'refused') refused.set(user, outcome.reason);
        return outcome;
      });
      queues.set(
        user,
        turn.catch(() => undefined),
      );
      return turn;
    },
    renewed(user) {
      asked.add(user);
      refused.delete(user);
      spent.delete(user);
    },
  };
}
