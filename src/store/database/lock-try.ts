/** What a try gives: the lock, or who has it. */
export type LockTry =
  | { readonly release: () => Promise<void> }
  | { readonly heldBy: number | undefined; readonly leftOver?: string };
