import { APPLICATION_AUTHENTICATION } from '../../../wire.ts';
import { CONSOLE_APPLICATION, PROFILE_APPLICATION } from '../../applications.ts';
import {
  type GrantType,
  JWT_BEARER,
  type SUBJECT_NAME_IDENTIFIERS,
  TOKEN_EXCHANGE,
} from '../../rows/application-settings.ts';

/** Names of the Applications API (recorded by SAP/terraform-provider-sap-cloud-identity-services). */
export const SCHEMAS = [
  'urn:sap:identity:application:schemas:core:1.0',
  APPLICATION_AUTHENTICATION,
  'urn:sap:identity:application:schemas:extension:sci:1.0:Authorization',
  'urn:sap:identity:application:schemas:extension:sci:1.0:Provisioning',
];

/** `authorizationCodePkceS256` beside them is the authorization code with the challenge enforced. */
export const GRANT_TYPE_NAMES: Readonly<Record<GrantType, string>> = {
  authorization_code: 'authorizationCode',
  password: 'password',
  refresh_token: 'refreshToken',
  client_credentials: 'clientCredentials',
  [JWT_BEARER]: 'jwtBearer',
  [TOKEN_EXCHANGE]: 'tokenExchange',
  implicit: 'implicit',
};
export const AUTHORIZATION_CODE_PKCE = 'authorizationCodePkceS256';

export const SUBJECT_NAMES: Readonly<Record<(typeof SUBJECT_NAME_IDENTIFIERS)[number], string>> = {
  userId: 'uid',
  loginName: 'loginName',
  mail: 'mail',
  userUuid: 'userUuid',
};

/** Applications of every tenant. */
export const SYSTEM_APPLICATION_NAMES: readonly string[] = [CONSOLE_APPLICATION, PROFILE_APPLICATION];
