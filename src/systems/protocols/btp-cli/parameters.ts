/** A parameter of a command; absent values are left out. */
export type Parameter = string | number | boolean | readonly string[] | { readonly [key: string]: unknown } | undefined;

/**
 * Parameters as the server wants them: every value a string, lists joined by commas, maps as embedded JSON, and the
 * keys sorted (the reference client sends a Go map).
 */
export function encodeParameters(parameters: Readonly<Record<string, Parameter>>): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const key of Object.keys(parameters).sort()) {
    const value = parameters[key];
    if (value !== undefined) encoded[key] = encodeValue(value);
  }
  return encoded;
}

function encodeValue(value: Exclude<Parameter, undefined>): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
