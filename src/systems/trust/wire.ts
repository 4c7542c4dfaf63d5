import { z } from 'zod';

/** One row of `security/trust?list` (recording datasource_globalaccount_trust_configurations). Two booleans are texts. */
export const trustView = z.looseObject({
  name: z.string(),
  originKey: z.string(),
  originKeyCfuaa: z.string().nullish(),
  typeOfTrust: z.string(),
  status: z.string(),
  identityProvider: z.string().nullish(),
  createShadowUsersDuringLogon: z.string().nullish(),
  sapBtpCli: z.string().nullish(),
  protocol: z.string().nullish(),
});

export const trustListResponse = z.array(trustView);

/** Answer to `security/trust?create` at the global account (recording resource_globalaccount_trust_configuration). */
export const platformRecord = z.looseObject({
  originKey: z.string(),
  iasAppId: z.string().nullish(),
  relyingPartyId: z.string().nullish(),
  iasTenantUrlWithoutProtocol: z.string().nullish(),
});
