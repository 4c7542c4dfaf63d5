import type { Declaration, Use } from '../../kernel/identity.ts';
import { ASSIGNMENT, type AssignmentProps } from './assignment.ts';

/** Role collections that somebody holds, as a manifest grants them. */
export function declare(uses: readonly Use[]): Declaration {
  const grants = uses
    .filter((use) => use.type === ASSIGNMENT)
    .map((use) => {
      const { zone, roleCollection } = use.props as unknown as AssignmentProps;
      const at = zone.kind === 'global-account' ? { kind: zone.kind } : { kind: zone.kind, name: zone.name };
      return { at, keys: { roleCollections: [roleCollection] } };
    });
  return { grants, keys: {}, byHand: [] };
}
