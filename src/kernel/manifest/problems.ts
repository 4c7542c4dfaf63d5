import type { z } from 'zod';
import type { ManifestProblem } from '../errors.ts';
import { nearest } from './nearest.ts';
import type { Source } from './source.ts';

type Issue = z.core.$ZodIssue;
type JsonSchema = Readonly<Record<string, unknown>>;

/** Turns what the grammar refused into problems with line, column and remedy. */
export function problemsOf(issues: readonly Issue[], source: Source, grammar: JsonSchema): ManifestProblem[] {
  // A condition over a mapping with a mistyped key fails because of that key: only the key is shown.
  const mistyped = new Set(
    issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => issue.path.join('.')),
  );
  return issues
    .filter((issue) => issue.code !== 'custom' || !mistyped.has(issue.path.join('.')))
    .flatMap((issue) => problemsOfIssue(issue, [], source, grammar));
}

function problemsOfIssue(
  issue: Issue,
  above: readonly PropertyKey[],
  source: Source,
  grammar: JsonSchema,
): ManifestProblem[] {
  const path = [...above, ...issue.path].map((step) => (typeof step === 'number' ? step : String(step)));
  const schemas = schemasAt(grammar, path, source.data);
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schemas);
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      return {
        at: source.locateKey(path, key),
        because: `unknown key '${key}'`,
        remedy: guess === undefined ? `known keys here: ${known.join(', ') || 'none'}` : `did you mean '${guess}'?`,
      };
    });
  }
  if (issue.code === 'invalid_union') {
    // Of the written forms, the one that got furthest is the one that was meant.
    const meant = issue.errors.find(
      (branch) =>
        branch.length > 0 && !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
    );
    if (meant) return meant.flatMap((inner) => problemsOfIssue(inner, path, source, grammar));
  }
  const where = path.length === 0 ? 'the file' : `'${path.join('.')}'`;
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [
      {
        at: source.locate(path.slice(0, -1)),
        because: `${where} is missing`,
        remedy: `add ${String(path.at(-1))}: ${descriptionOf(schemas) ?? issue.expected}`,
      },
    ];
  }
  return [{ at: source.locate(path), because: `${where}: ${issue.message}`, remedy: remedyOf(issue, schemas) }];
}

function remedyOf(issue: Issue, schemas: readonly JsonSchema[]): string {
  if (issue.code === 'invalid_value') return `one of: ${issue.values.map(String).join(', ')}`;
  // What tells the shapes of a mapping apart has one word in each.
  const words = schemas.flatMap((schema) => (typeof schema.const === 'string' ? [schema.const] : []));
  if (issue.code === 'invalid_union' && words.length > 0) return `one of: ${[...new Set(words)].join(', ')}`;
  return descriptionOf(schemas) ?? 'see docs/manifest.md';
}

function descriptionOf(schemas: readonly JsonSchema[]): string | undefined {
  const described = schemas.find((schema) => typeof schema.description === 'string')?.description;
  return typeof described === 'string' ? described : undefined;
}

function keysOf(schemas: readonly JsonSchema[]): readonly string[] {
  return [...new Set(schemas.flatMap((schema) => Object.keys((schema.properties as JsonSchema) ?? {})))];
}

/** The schemas that may apply at a path of what is written. */
function schemasAt(grammar: JsonSchema, path: readonly (string | number)[], data: unknown): readonly JsonSchema[] {
  let current = alternatives(grammar, data);
  let value = data;
  for (const step of path) {
    const inside = valueAt(value, step);
    current = current.flatMap((schema) => {
      const inner =
        typeof step === 'number'
          ? schema.items
          : ((schema.properties as JsonSchema | undefined)?.[step] ?? schema.additionalProperties);
      return isMapping(inner) ? alternatives(inner, inside) : [];
    });
    value = inside;
  }
  return current;
}

/** A schema and its shapes: where the value says by a word, such as `kind`, which of them it is, that one alone. */
function alternatives(schema: JsonSchema, value: unknown): readonly JsonSchema[] {
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].filter(Array.isArray).flat().filter(isMapping);
  const meant = inner.filter((shape) => !contradicts(shape, value));
  return [schema, ...(meant.length > 0 ? meant : inner).flatMap((shape) => alternatives(shape, value))];
}

/** Whether a shape wants another word than the value has. */
function contradicts({ properties }: JsonSchema, value: unknown): boolean {
  if (!isMapping(properties) || !isMapping(value)) return false;
  return Object.entries(properties).some(
    ([key, wanted]) =>
      isMapping(wanted) && wanted.const !== undefined && value[key] !== undefined && value[key] !== wanted.const,
  );
}

function valueAt(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
  return isMapping(value) ? value[step] : undefined;
}

/** A mapping: of a schema, or of what is written. */
function isMapping(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
