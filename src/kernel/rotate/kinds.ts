import type { SystemDefinition } from '../system.ts';
import type { CredentialKind } from './credential.ts';
import type { KindDeclaration } from './declaration.ts';
import type { Strategy } from './record.ts';

/** A declaration with what its kind says itself. Plain JSON. */
export interface DeclaredKind extends KindDeclaration {
  /** `none`: each logon has one of its own, and nothing is to be rotated. */
  readonly strategy: Strategy | 'none';
  /** Whether a person makes it at a console. */
  readonly byPerson: boolean;
}

/** How a secret is replaced that has so many places at its service, or a twin. */
export function strategyOf({ slots }: Pick<CredentialKind, 'slots'>, twins: boolean): Strategy {
  if (twins) return 'twins';
  return slots > 1 ? 'overlap' : 'in place';
}

/** Every kind of credential that the slices know, by slice; those that need no rotation last. Pure. */
export function declaredKinds(systems: readonly SystemDefinition[]): readonly DeclaredKind[] {
  const rotating = systems
    .flatMap((system): readonly CredentialKind[] => system.credentials ?? [])
    .flatMap((kind) =>
      kind.declares.map((one) => ({
        ...one,
        strategy: strategyOf(kind, one.twins === true),
        byPerson: kind.minting.by === 'person',
      })),
    );
  const passing = systems
    .flatMap((system) => system.passing ?? [])
    .map((one) => ({ ...one, strategy: 'none' as const, byPerson: false }));
  return [...rotating, ...passing];
}
