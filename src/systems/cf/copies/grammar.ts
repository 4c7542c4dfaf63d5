import { z } from 'zod';
import type { DeclaredCredential, TechnicalUser } from '../../../kernel/manifest/types.ts';

const text = z.string().min(1);
const after = z
  .enum(['restart', 'rolling', 'restage', 'none'])
  .default('restart')
  .describe('What the apps that read it do then; rolling restarts instance by instance');
const where = {
  subaccount: text.describe('Display name of the subaccount whose Cloud Foundry org is meant'),
  space: text.describe('Name of the space'),
};

const service = z.strictObject({
  ...where,
  instance: text.describe('Name of the user-provided service instance; made if it is missing'),
  userKey: text.default('username').describe('Key of its credentials with the e-mail'),
  passwordKey: text.default('password').describe('Key of its credentials with the password'),
  after,
});
const environment = z.strictObject({
  ...where,
  app: text.describe('Name of the app'),
  userVariable: text.optional().describe('Environment variable with the e-mail'),
  passwordVariable: text.describe('Environment variable with the password'),
  after,
});

/** `cloudFoundry` of a technical user. */
export const cloudFoundry = z
  .strictObject({ services: z.array(service).default([]), environments: z.array(environment).default([]) })
  .describe('Places in Cloud Foundry from which apps read login name and password');

type Declared = z.infer<typeof cloudFoundry>;
export type Service = z.infer<typeof service>;
export type Environment = z.infer<typeof environment>;

/** What a technical user declares. */
export function declaredOf(holder: TechnicalUser | DeclaredCredential): Declared {
  return cloudFoundry.parse(holder.cloudFoundry ?? {});
}

/** Names of the subaccounts in which a technical user has places. */
export function subaccountsOf(user: TechnicalUser): readonly string[] {
  const { services, environments } = declaredOf(user);
  return [...new Set([...services, ...environments].map(({ subaccount }) => subaccount))];
}
