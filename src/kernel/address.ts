/**
 * The one name of a thing everywhere: plan, journal, trail, findings, URLs, logs.
 * `system/kind:segment/segment/…`, e.g. `cf/space-role:acme-dev/app/ctms-deploy@sap-test.de@acme-platform/space_developer`.
 */
export type Address = string & { readonly __brand?: 'address' };

/** Builds an address; slashes inside a segment are percent-encoded, so that segments stay countable. */
export function address(system: string, kind: string, ...segments: string[]): Address {
  return `${system}/${kind}:${segments.map((s) => s.replaceAll('%', '%25').replaceAll('/', '%2F')).join('/')}`;
}
