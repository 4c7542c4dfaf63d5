/** Every IAS tenant answers under two domains (recording security/available-idp: `host` and `commonHost`). */
export function sameTenant(a: string, b: string): boolean {
  const common = (host: string) => host.toLowerCase().replace(/\.cloud\.sap$/, '.ondemand.com');
  return common(a) === common(b);
}

/** Host of an identity provider as a list of trusts writes it: an update answers with a scheme, all else without. */
export function tenantHost(identityProvider: string | null | undefined): string {
  return (identityProvider ?? '').replace(/^https:\/\//, '');
}
