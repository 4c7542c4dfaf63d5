import { createHash } from 'node:crypto';
import { z } from 'zod';
import { seedId } from '../../../../emulation/seed-id.ts';
import { USER_TYPES } from '../../wire.ts';
import { registerApplication } from '../applications.ts';
import { defined } from '../defined.ts';
import {
  GRANT_TYPES,
  LOGON_METHODS,
  RISK_ACTIONS,
  type StoredSettings,
  SUBJECT_NAME_IDENTIFIERS,
} from '../rows/application-settings.ts';
import { CERTIFICATE_SOURCES, INACTIVITY_USER_TYPES, type InactivityPolicy } from '../rows/tenant-settings.ts';
import type { Services } from '../services.ts';
import { keyIn, type StoredApplication, type Tenant } from '../store.ts';
import { base32, TOTP_SECRET_BYTES } from '../totp.ts';
import { type Issuer, issueCertificate, openIssuer } from './certificate-issuer.ts';
import { storedCertificate } from './certificates.ts';
import { isCidr } from './conditions.ts';
import { callbackOf } from './corporate.ts';
import { isRedirectUri } from './redirect-uris.ts';

/** Name of an environment variable that `locum env` hands out. */
export const credential = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name of a credential, e.g. ACME_ADMIN_PASSWORD');

const cidr = z.string().refine(isCidr, 'address range in CIDR notation, e.g. 10.0.0.0/8');
const redirectUri = z.string().max(499).refine(isRedirectUri, 'redirect URI as IAS takes them (ias 48fdb9a)');
const uris = z.array(redirectUri).max(20);

const conditions = {
  ipRange: cidr.optional(),
  emailDomain: z.string().optional(),
  group: z.string().optional(),
  userType: z.enum(USER_TYPES).optional(),
};

const riskRule = z.strictObject({
  ...conditions,
  forwardedIpRange: cidr.optional(),
  method: z.enum(LOGON_METHODS).optional(),
  action: z.enum(RISK_ACTIONS),
});
const riskRules = z.strictObject({
  rules: z.array(riskRule).default([]),
  defaultAction: z.enum(RISK_ACTIONS).default('allow'),
});

const tokenPolicy = z.strictObject({
  jwtValidity: z.int().min(1).max(720).optional(),
  refreshValidity: z.int().min(1).max(4320).optional(),
  refreshParallel: z.int().min(1).max(10).optional(),
  maxExchangePeriod: z.int().min(1).max(2_147_483_647).optional(),
  refreshTokenRotationScenario: z.enum(['off', 'online', 'mobile']).optional(),
  accessTokenFormat: z.enum(['default', 'jwt', 'opaque']).optional(),
});

/** OpenID Connect configuration of a seeded application; what is absent has SAP's default. */
export const applicationSeed = {
  redirectUris: uris.optional(),
  postLogoutRedirectUris: uris.optional(),
  frontChannelLogoutUris: z.array(z.url()).max(20).optional(),
  backChannelLogoutUris: z.array(z.url()).max(20).optional(),
  grantTypes: z.array(z.enum(GRANT_TYPES)).optional(),
  enforcePkce: z.boolean().optional(),
  publicClient: z.boolean().optional(),
  compliantIssuer: z.boolean().optional(),
  tokenPolicy: tokenPolicy.optional(),
  subjectNameIdentifier: z.enum(SUBJECT_NAME_IDENTIFIERS).optional(),
  emailVerification: z.boolean().optional(),
  riskRules: riskRules.optional(),
  conditional: z
    .strictObject({
      rules: z.array(z.strictObject({ ...conditions, identityProvider: z.string() })).default([]),
      defaultIdentityProvider: z.string().optional(),
    })
    .optional(),
  assertionTrusts: z
    .array(
      z.strictObject({
        issuer: z.string().optional(),
        subject: z.string().optional(),
        audience: z.string().optional(),
        jwksUri: z.url(),
      }),
    )
    .optional(),
  /** Name of the application above, such as the one that a trust registered. @default none */
  parent: z.string().optional(),
  /** Other applications of the tenant whose APIs it consumes, by their names. */
  dependencies: z
    .array(z.strictObject({ name: z.string(), application: z.string(), apis: z.array(z.string()).default([]) }))
    .optional(),
  /** Client certificate that is made for it: credentials that get the PEM of the certificate and of its key. */
  certificate: z.strictObject({ certificate: credential, key: credential }).optional(),
};
const applicationShape = z.object(applicationSeed);
type ApplicationSeed = z.infer<typeof applicationShape>;

/** What else a seeded tenant may have. */
export const tenantSeed = {
  /** `iss` of its tokens. @default `https://<host>` */
  issuer: z.string().optional(),
  tokenPolicy: tokenPolicy.optional(),
  riskRules: riskRules.optional(),
  sessionMinutes: z.int().min(5).max(720).optional(),
  trustedCertificates: z
    .array(
      z.strictObject({
        name: z.string(),
        /** PEM. @default the landscape's stand-in for the SAP Cloud Root CA */
        root: z.string().optional(),
        source: z.enum(CERTIFICATE_SOURCES).default('distinguished-name'),
        pattern: z.string(),
      }),
    )
    .refine((all) => new Set(all.map((one) => one.source)).size <= 1, 'one source for all (ias 52c7dcb)')
    .optional(),
  /** Certificates made for users, under that stand-in; the credentials get the PEM of certificate and key. */
  userCertificates: z
    .array(
      z.strictObject({
        subject: z.string(),
        email: z.string().optional(),
        otherName: z.string().optional(),
        certificate: credential,
        key: credential,
      }),
    )
    .default([]),
  inactivity: z
    .array(
      z.strictObject({
        userType: z.enum(INACTIVITY_USER_TYPES),
        blockAfterDays: z.int().min(14).max(2000).optional(),
        deleteAfterDays: z.int().min(14).max(2000).optional(),
        graceDays: z.int().min(2).max(30).optional(),
        /** @default as many days from now as a user must be away */
        deletionFrom: z.iso.datetime().optional(),
      }),
    )
    .optional(),
  corporateProviders: z
    .array(
      z.strictObject({
        name: z.string(),
        /** Another tenant of the seed that plays it. */
        tenant: z.string(),
        protocol: z.enum(['oidc', 'saml']).default('oidc'),
        passwordGrant: z.boolean().default(true),
        useLocalUsers: z.boolean().default(true),
      }),
    )
    .default([]),
};
const tenantShape = z.object({ id: z.string(), ...tenantSeed });
type TenantSeed = z.infer<typeof tenantShape>;

/** Fields of a tenant as the seed has them. */
export async function seededTenant(services: Services, part: TenantSeed): Promise<Partial<Tenant>> {
  const { issuer, tokenPolicy: tokens, riskRules: risk, sessionMinutes, inactivity } = part;
  const certificates = await seedCertificates(services, part);
  return defined({
    issuer,
    tokenPolicy: tokens && defined(tokens),
    riskRules: risk && { ...risk, rules: risk.rules.map(defined) },
    sessionMinutes,
    trustedCertificates: certificates,
    inactivity: inactivity?.map((policy) => inactivityOf(services.ctx.now(), policy)),
  }) as Partial<Tenant>;
}

const DAY = 86_400_000;

function inactivityOf(now: number, policy: NonNullable<TenantSeed['inactivity']>[number]): InactivityPolicy {
  const { deletionFrom, ...rest } = policy;
  // "The automatic configuration is based on the current date plus the days" (ias 744b2d0).
  const start = deletionFrom === undefined ? now + (rest.deleteAfterDays ?? 0) * DAY : Date.parse(deletionFrom);
  return defined({ ...rest, deletionFrom: start }) as InactivityPolicy;
}

async function seedCertificates(services: Services, part: TenantSeed): Promise<Tenant['trustedCertificates']> {
  const { trustedCertificates, userCertificates } = part;
  const needsIssuer = userCertificates.length > 0 || trustedCertificates?.some((one) => one.root === undefined);
  const issuer = needsIssuer ? await openIssuer(services) : undefined;
  for (const { certificate, key, ...names } of userCertificates) {
    if (issuer) await hand(services, issuer, { certificate, key }, names);
  }
  return trustedCertificates?.map((one) => ({ ...one, root: one.root ?? issuer?.certificatePem ?? '' }));
}

async function hand(
  services: Services,
  issuer: Issuer,
  to: { readonly certificate: string; readonly key: string },
  names: Parameters<typeof issueCertificate>[2],
): Promise<string> {
  const issued = await issueCertificate(services, issuer, names);
  services.ctx.credentials.keep(to.certificate, issued.certificatePem);
  services.ctx.credentials.keep(to.key, issued.keyPem);
  return issued.certificatePem;
}

/** Gives a seeded application its configuration. */
export async function configureApplication(
  services: Services,
  tenant: Tenant,
  application: StoredApplication,
  part: ApplicationSeed,
): Promise<void> {
  const { certificate, dependencies, parent, ...settings } = part;
  const issuer = certificate && (await openIssuer(services));
  const pem =
    certificate && issuer && (await hand(services, issuer, certificate, { subject: `CN=${application.name}` }));
  const named = dependencies?.map(({ application: name, ...rest }) => ({
    ...rest,
    clientId: registerApplication(services, tenant, { name }).clientId,
  }));
  services.store.applications.set(keyIn(tenant.id, application.id), {
    ...application,
    ...(parent === undefined ? {} : { parent: registerApplication(services, tenant, { name: parent }).id }),
    ...(pem === undefined ? {} : { certificates: [storedCertificate(services, pem)] }),
    settings: settingsFrom({ ...settings, dependencies: named }),
  });
}

function settingsFrom(
  settings: Omit<ApplicationSeed, 'certificate' | 'dependencies' | 'parent'> & Pick<StoredSettings, 'dependencies'>,
): StoredSettings {
  const { tokenPolicy: tokens, riskRules: risk, conditional, assertionTrusts } = settings;
  return defined({
    ...settings,
    tokenPolicy: tokens && defined(tokens),
    riskRules: risk && { ...risk, rules: risk.rules.map(defined) },
    conditional: conditional && defined({ ...conditional, rules: conditional.rules.map(defined) }),
    assertionTrusts: assertionTrusts?.map(defined),
  }) as StoredSettings;
}

/** Registers the tenants at each other that authenticate for each other; after all of them are there. */
export function plantCorporateProviders(services: Services, parts: readonly TenantSeed[]): void {
  const { store, oidc } = services;
  for (const part of parts) {
    const tenant = store.tenants.get(part.id);
    for (const { tenant: name, ...provider } of part.corporateProviders) {
      const corporate = store.tenants.get(name);
      if (!tenant || !corporate) throw new TypeError(`tenant ${part.id}: there is no tenant '${name}'`);
      const { clientId, clientSecret } = registerApplication(services, corporate, {
        name: `Identity Authentication ${tenant.host}`,
        redirectUris: [callbackOf(tenant)],
      });
      const issuer = corporate.issuer ?? `https://${corporate.host}`;
      oidc.corporateProviders.set(keyIn(tenant.id, provider.name), {
        tenant: tenant.id,
        id: seedId('ias', tenant.id, 'identity-provider', provider.name),
        createdAt: services.ctx.now(),
        changedAt: services.ctx.now(),
        ...provider,
        issuer,
        address: `https://${corporate.host}`,
        clientId,
        clientSecret,
      });
    }
  }
}

/**
 * The secret of a user's authenticator app, under the name of a credential; the same after a reset, as passwords are.
 * @returns Base32
 */
export function seededTotpSecret({ ctx }: Services, name: string): string {
  const value = ctx.credentials.password(name);
  if (/^[A-Z2-7]{32}$/.test(value)) return value;
  const secret = base32(createHash('sha256').update(value).digest().subarray(0, TOTP_SECRET_BYTES));
  ctx.credentials.keep(name, secret);
  return secret;
}
