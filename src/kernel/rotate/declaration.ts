/** What holds of a kind of credential in one respect: a value or `none`, and who says so. */
export interface Fact {
  readonly is: string;
  /** A document of SAP, a program's source, `manifest`, or `assumed`. */
  readonly source: string;
}

/** What the policy of a service demands of a secret, for whoever replaces it. */
export interface DeclaredPolicy {
  /** Age before which no other may be set. */
  readonly minimumAge: Fact;
  /** So many former ones may not come back. */
  readonly history: Fact;
  readonly maximumAge: Fact;
  /** It ends when nobody has used it for so long. */
  readonly unusedLimit: Fact;
}

/** What a slice declares of a kind of credential: what `locum explain KIND` and docs/rotation.md tell. */
export interface KindDeclaration {
  /** In lower case; as `credentials` of a manifest names it, where it stands there. */
  readonly name: string;
  /** For people: `secret of an IAS application`. */
  readonly title: string;
  /** How a manifest declares it, in the words of docs/manifest.md. */
  readonly declaredAs: string;
  readonly validAtOnce: Fact;
  readonly minted: string;
  readonly proven: string;
  readonly retired: string;
  readonly policy: DeclaredPolicy;
  /** Two users alternate. @default false */
  readonly twins?: boolean;
}
