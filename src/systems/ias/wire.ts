import { z } from 'zod';
import { SCIM_SCHEMA } from '../protocols/scim/wire.ts';

/** Schemas of an IAS user (recorded by SAP/terraform-provider-sap-cloud-identity-services; real /scim/Schemas dump). */
export const IAS_SCHEMA = {
  user: SCIM_SCHEMA.user,
  enterprise: SCIM_SCHEMA.enterpriseUser,
  sap: 'urn:ietf:params:scim:schemas:extension:sap:2.0:User',
  custom: 'urn:sap:cloud:scim:schemas:extension:custom:2.0:User',
  odm: 'urn:ietf:params:scim:schemas:extension:sap.odm:2.0:User',
  group: SCIM_SCHEMA.group,
  sapGroup: 'urn:ietf:params:scim:schemas:extension:sap:2.0:Group',
  customGroup: 'urn:sap:cloud:scim:schemas:extension:custom:2.0:Group',
  authorization: 'urn:ietf:params:scim:schemas:extension:sci:2.0:Authorization',
} as const;

/** Policies that every tenant has (btp-cloud-identity-services 12b3395). */
export const PASSWORD_POLICY = {
  standard: 'https://accounts.sap.com/policy/passwords/sap/web/1.1',
  enterprise: 'https://accounts.sap.com/policy/passwords/sap/enterprise/1.0',
} as const;

/** Canonical values of `userType` (real /scim/Schemas dump). */
export const USER_TYPES = ['public', 'partner', 'customer', 'employee', 'external', 'onboardee', 'alumni'] as const;

/** First characters of a secret by which lists tell it apart: `hint` (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const SECRET_HINT_LENGTH = 4;

/** Header in which IAS tells why (btp-cloud-identity-services 8d1016b); header names have no case. */
export const MESSAGE_CODE_HEADER = 'x-message-code';

/** Values of `X-message-code` of the password and OTP services and the token endpoint (8d1016b, 3e4c3cf, 67f720d). */
export type MessageCode =
  | 'PASSWORD_LOCKED'
  | 'PASSWORD_DISABLED'
  | 'USER_INACTIVE'
  | 'PASSWORD_RESET_REQUIRED'
  | 'PASSWORD_CHANGE_REQUIRED'
  | 'INITIAL_PASSWORD_EXPIRED'
  | 'INVALID_AUTHORIZATION_HEADER_LENGTH'
  | 'INVALID_OTP_CODE'
  | 'USED_OTP_CODE'
  | 'LOCKED_OTP_CODE'
  | 'BAD_CREDENTIALS'
  | 'RBA_RULE_ACTION_DENY';

const flag = z.boolean().optional();
const text = z.string().optional();

/** A user as `/scim/Users` answers it: what we read of it. */
export const userResource = z.looseObject({
  id: z.string(),
  userName: text,
  displayName: text,
  userType: text,
  active: flag,
  emails: z.array(z.looseObject({ value: z.string(), primary: flag })).default([]),
  // The version is what the ETag says (recordings of the provider sap-cloud-identity-services).
  meta: z.looseObject({ version: text }).optional(),
  [IAS_SCHEMA.sap]: z
    .looseObject({
      userId: text,
      status: text,
      mailVerified: flag,
      validFrom: text,
      validTo: text,
      loginTime: text,
      passwordDetails: z
        .looseObject({
          status: text,
          policy: text,
          failedLoginAttempts: z.number().optional(),
          setTime: text,
          loginTime: text,
          passwordLockedTime: text,
        })
        .optional(),
    })
    .optional(),
  [IAS_SCHEMA.custom]: z
    .looseObject({ attributes: z.array(z.looseObject({ name: z.string(), value: text })).default([]) })
    .optional(),
});
export type UserResource = z.infer<typeof userResource>;

/** `POST /service/users/password` (8d1016b). */
export const passwordServiceAnswer = z.looseObject({ uid: z.string(), mail: text });

/** Extension of an application's document that has its client (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const APPLICATION_AUTHENTICATION = 'urn:sap:identity:application:schemas:extension:sci:1.0:Authentication';

/**
 * What a secret or certificate of an application may be good for (source of that provider). The console calls `manageApp` *Application* and
 * `oAuth` *OpenID* (ias 5c3c35e).
 */
export const AUTHORIZATION_SCOPES = [
  'manageApp',
  'oAuth',
  'readUserProfile',
  'manageUsers',
  'manageAMSPolicies',
] as const;
export type AuthorizationScope = (typeof AUTHORIZATION_SCOPES)[number];

/** `GET /Applications/v1/` (recorded): what we read of it. */
export const applicationList = z.looseObject({
  nextCursor: text,
  applications: z.array(
    z.looseObject({
      id: z.string(),
      name: text,
      [APPLICATION_AUTHENTICATION]: z
        .looseObject({
          clientId: text,
          restApiAuthentication: z
            .looseObject({ allowLocking: flag, failedLoginAttempts: z.number().optional() })
            .optional(),
        })
        .optional(),
    }),
  ),
});

const applicationSecret = z.looseObject({ id: z.string(), description: text, hint: text, validTo: text });
/** A secret of an application without its text; `validTo` is absent when it never ends. */
export type ApplicationSecret = z.infer<typeof applicationSecret>;

/** `GET /Applications/v1/{id}/apiSecrets` (recorded). */
export const applicationSecrets = z.looseObject({ secrets: z.array(applicationSecret).default([]) });

/** `POST /Applications/v1/{id}/apiSecrets` (recorded): the text is told this once. */
export const newApplicationSecret = z.looseObject({ id: z.string(), secret: z.string().min(1) });
