import type { Unread } from '../identity.ts';
import type { Consumer, ConsumerKind } from './consumer.ts';
import type { Credential, CredentialKind } from './credential.ts';
import type { Evidence } from './evidence.ts';
import type { TokenEnds } from './tokens.ts';

/** A consumer with the kind that knows how to supply it. */
export interface Place {
  readonly kind: ConsumerKind;
  readonly consumer: Consumer;
}

/** What a rotation is about, as it is found now. */
export interface Job {
  readonly credential: Credential;
  readonly kind: CredentialKind;
  /** With twins: the credential that the consumers leave. */
  readonly leaving?: Credential;
  readonly places: readonly Place[];
  /** Places that can't be looked at, and may hold it. */
  readonly unread: readonly Unread[];
  /** Places that the rotation before could not prove: they may still hold an older secret. @default [] */
  readonly doubtful?: readonly string[];
  /** What a user of it is logged in with. */
  tokens(credential: Credential): Promise<TokenEnds>;
  /** What the logs of the services tell about who uses a wrong secret. */
  evidence(): Promise<Evidence>;
}
