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
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(grammar, path);
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
        remedy: missingRemedy(issue, grammar, path),
      },
    ];
  }
  return [{ at: source.locate(path), because: `${where}: ${issue.message}`, remedy: remedyOf(issue, grammar, path) }];
}

function missingRemedy(issue: Issue, grammar: JsonSchema, path: readonly (string | number)[]): string {
  const description = descriptionAt(grammar, path);
  const type = issue.code === 'invalid_type' ? issue.expected : 'value';
  return `add ${String(path.at(-1))}: ${description ?? type}`;
}

function remedyOf(issue: Issue, grammar: JsonSchema, path: readonly (string | number)[]): string {
  if (issue.code === 'invalid_value') return `one of: ${issue.values.map(String).join(', ')}`;
  return descriptionAt(grammar, path) ?? 'see docs/manifest.md';
}

function descriptionAt(grammar: JsonSchema, path: readonly (string | number)[]): string | undefined {
  const described = schemaAt(grammar, path).find((schema) => typeof schema.description === 'string')?.description;
  return typeof described === 'string' ? described : undefined;
}

function keysAt(grammar: JsonSchema, path: readonly (string | number)[]): string[] {
  return [
    ...new Set(schemaAt(grammar, path).flatMap((schema) => Object.keys((schema.properties as JsonSchema) ?? {}))),
  ];
}

/** The schemas that may apply at a path. */
function schemaAt(grammar: JsonSchema, path: readonly (string | number)[]): JsonSchema[] {
  let current = alternatives(grammar);
  for (const step of path) {
    current = current.flatMap((schema) => {
      const inner =
        typeof step === 'number'
          ? schema.items
          : ((schema.properties as JsonSchema | undefined)?.[step] ?? schema.additionalProperties);
      return isSchema(inner) ? alternatives(inner) : [];
    });
  }
  return current;
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].filter(Array.isArray).flat().filter(isSchema);
  return [schema, ...inner.flatMap(alternatives)];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
