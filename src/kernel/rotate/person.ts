import type { Secret } from '../secret.ts';

/** What a person does at a console, since the service has no API for it. Plain JSON without secrets. */
export interface PersonTask {
  /** Name of the credential. */
  readonly user: string;
  /** In short, e.g. `make a new secret of technical user Nightly at acme.accounts.ondemand.com`. */
  readonly title: string;
  /** Where the console is. */
  readonly url: string;
  /** One after the other. */
  readonly steps: readonly string[];
  /** To be copied there: a certificate, or a request for one. */
  readonly text?: string;
  /** What is wanted back: a secret, a certificate, or word that it was done. */
  readonly wants: 'secret' | 'certificate' | 'word';
}

/** Somebody who can be asked. Tasks may come side by side, from several rotations. */
export interface Person {
  /** What a task wants back; undefined when nobody brings it now. */
  bring(task: PersonTask): Promise<Secret | undefined>;
  /** Whether a task was done. */
  did(task: PersonTask): Promise<boolean>;
}

/** Nobody is there: every task waits for a later call. */
export const NOBODY: Person = { bring: async () => undefined, did: async () => false };
