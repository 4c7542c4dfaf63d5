import { z } from 'zod';

/** Path under a binding's `uri` (Destination service OpenAPI 1.0.0, `servers`). */
export const BASE_PATH = '/destination-configuration';

/** The text by which SAP's clients tell a missing destination from any other 404 (SAP Cloud SDK compares it exactly). */
export const NOT_FOUND_MESSAGE = 'Configuration with the specified name was not found';

/** What begins the body of the token service inside a failed token retrieval (cloud-sdk-js issue 4213). */
export const TOKEN_ANSWER_MARK = 'Response was: ';

const anyKey = {
  clientid: z.string().min(1),
  /** Of the Destination service, without a path. */
  uri: z.url(),
  /** GUID of the subaccount. */
  tenantid: z.string().optional(),
  identityzone: z.string().optional(),
  instanceid: z.string().optional(),
  'credential-type': z.string().optional(),
};

/**
 * Service key of a Destination service instance (SAP Cloud SDK's fixtures, the docs on service keys). `credential-type:
 * binding-secret` has a client secret, good at `url`; `x509` has a certificate with its key instead, good at `certurl`.
 */
export const secretKey = z.looseObject({ ...anyKey, clientsecret: z.string().min(1), url: z.url() });
export const certificateKey = z.looseObject({
  ...anyKey,
  certificate: z.string().min(1),
  key: z.string().min(1),
  certurl: z.url(),
});

/** A destination as v1 lists and reads it: flat, every value a string, secrets in clear text (OpenAPI schema `Destination`). */
export const destinationRow = z.looseObject({ Name: z.string() }).transform(texts);
export const destinationRows = z.array(destinationRow);

/** A certificate or key store as v1 lists it, base64 (OpenAPI schema `Certificate`). */
export const certificateRows = z.array(z.looseObject({ Name: z.string(), Content: z.string() }));

/** A fragment, likewise (OpenAPI schema `Fragment`): its properties go over those of the destination that it is asked with. */
export const fragmentRow = z.looseObject({ FragmentName: z.string() }).transform(texts);
export const fragmentRows = z.array(fragmentRow);

function texts(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(row).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * Result of find (OpenAPI `DestinationLookUpResult`, `AuthToken`). A failed token retrieval is a 200 whose token has `error`
 * and no `http_header` (cloud-sdk-js issue 4213), which the OpenAPI schema does not know.
 */
export const findResult = z.looseObject({
  owner: z.looseObject({ SubaccountId: z.string().nullish(), InstanceId: z.string().nullish() }).nullish(),
  destinationConfiguration: destinationRow,
  authTokens: z
    .array(
      z.looseObject({
        type: z.string(),
        value: z.string(),
        /** Seconds, as text. */
        expires_in: z.string().optional(),
        error: z.string().optional(),
        http_header: z.object({ key: z.string(), value: z.string() }).optional(),
      }),
    )
    .default([]),
});

/**
 * Whether a property holds a secret: `Password`, `clientSecret`, `tokenServicePassword`, `tokenService.KeyStorePassword`,
 * `ldap.password`, `clientKey` … (the names that exports leave out and the cockpit masks), and headers that carry one.
 */
export function isSecretProperty(name: string): boolean {
  return /password|passwd|passphrase|secret|clientkey|privatekey|api-?key|authorization$|refreshtoken/i.test(name);
}
