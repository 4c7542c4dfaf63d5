/** A parameter of a command; absent values are left out. */
export type Parameter = string | number | boolean | readonly string[] | { readonly [key: string]: unknown } | undefined;

/**
 * Parameters as the server wants them: every value a string, lists joined by commas, maps as embedded JSON, and the
 * keys sorted (the reference client sends a Go map). `raw` names those that stay what they are.
 */
export function encodeParameters(
  parameters: Readonly<Record<string, Parameter>>,
  raw: readonly string[] = [],
): Record<string, Parameter> {
  const encoded: Record<string, Parameter> = {};
  for (const key of Object.keys(parameters).sort()) {
    const value = parameters[key];
    if (value !== undefined) encoded[key] = raw.includes(key) ? value : encodeValue(value);
  }
  return encoded;
}

function encodeValue(value: Exclude<Parameter, undefined>): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
