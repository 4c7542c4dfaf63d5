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
