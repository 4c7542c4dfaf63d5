import { type Answer, failure } from '../../protocols/btp-cli/emulator/answers.ts';

/** A plain text that is called JSON (recording resource_globalaccount_trust_configuration.invalid_idp). */
export function unknownTenant(host: string): Answer {
  return { status: 404, text: `https://${host} is not a valid URL` };
}

/** Recorded until v2.97 (resource_subaccount_trust_configuration.simple_default_idp). */
export function unknownTenantOfSubaccount(host: string): Answer {
  const inner = JSON.stringify({ error: `No IAS hosts found for host ${host}`, uri: '/trust' });
  return failure(404, `Error while configuring IAS tenant: 404 Not Found: "${inner}"`);
}

/** Recorded until v2.97 (resource_globalaccount_trust_configuration.exists). */
export function tooManyTrusts(): Answer {
  return { status: 400, text: 'Limit of a maximum of Custom Identity Providers per GlobalAccount has been reached.' };
}

/** Recording datasource_globalaccount_trust_configuration.custom_idp_not_existing: no body at all. */
export function unknownTrust(): Answer {
  return { status: 404 };
}

/** btp:6757781: the message lists the applications; its words are assumed. */
export function applicationsRemain(names: readonly string[]): Answer {
  return failure(409, `There are still applications in the Identity Authentication tenant: ${names.join(', ')}`);
}

// assumed, all of the following: no conflict and no refusal of these kinds was ever recorded.

export function originKeyTaken(originKey: string): Answer {
  return failure(409, `Identity provider with origin key '${originKey}' already exists.`);
}

export function invalidOriginKey(originKey: string): Answer {
  return failure(400, `Origin key '${originKey}' is not valid.`);
}

export function readOnlyTrust(originKey: string): Answer {
  return failure(400, `Identity provider '${originKey}' cannot be changed here.`);
}
