import type { JsonObject } from '../../../../kernel/json.ts';

/** A schema in short. */
export interface Described {
  readonly name: string;
  readonly description?: string;
  readonly attributes: readonly Attribute[];
}

/** An attribute in short: a name alone is a text that may be written, is shown, and need not be there. */
export type Attribute =
  | string
  | {
      readonly name: string;
      /**
       * What is not the default of RFC 7643 §7: the type, `list` (multiValued), `required`, `exact` (caseExact), the
       * mutability, the uniqueness, `never` (returned).
       */
      readonly is?: string;
      readonly values?: readonly string[];
      readonly refers?: readonly string[];
      readonly inner?: readonly Attribute[];
    };

const TYPES = ['boolean', 'integer', 'dateTime', 'binary', 'reference', 'complex'];
const MUTABILITIES = ['readOnly', 'writeOnly', 'immutable'];
const UNIQUENESS = ['server', 'global'];

/** An attribute as a schema tells it (RFC 7643 §7). */
export function attributeDocument(attribute: Attribute): JsonObject {
  const { name, is = '', values, refers, inner } = typeof attribute === 'string' ? { name: attribute } : attribute;
  const words = is.split(' ');
  const one = (among: readonly string[], otherwise: string) => among.find((word) => words.includes(word)) ?? otherwise;
  return {
    name,
    type: one(TYPES, 'string'),
    ...(inner ? { subAttributes: inner.map(attributeDocument) } : {}),
    multiValued: words.includes('list'),
    required: words.includes('required'),
    ...(values ? { canonicalValues: values } : {}),
    caseExact: words.includes('exact'),
    mutability: one(MUTABILITIES, 'readWrite'),
    returned: one(['never'], 'default'),
    uniqueness: one(UNIQUENESS, 'none'),
    ...(refers ? { referenceTypes: refers } : {}),
  };
}

/** Names of the attributes that have several values, at any depth. */
export function listsAmong(attributes: readonly Attribute[]): readonly string[] {
  return attributes.flatMap((attribute) => {
    if (typeof attribute === 'string') return [];
    const { name, is = '', inner = [] } = attribute;
    return [...(is.split(' ').includes('list') ? [name] : []), ...listsAmong(inner)];
  });
}
