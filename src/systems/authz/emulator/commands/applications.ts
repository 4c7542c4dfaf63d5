import { seedId } from '../../../../emulation/seed-id.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { type Answer, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import type { RoleTemplate, ZoneDirectory } from '../zone/directory.ts';
import { noSuchApplication } from './errors.ts';
import { roleView } from './views.ts';

/** `security/app`: the applications that users of a zone can have roles of. */
export function createApplicationSemantics(directory: ZoneDirectory) {
  return {
    list: ({ zone }: TenantCall): Answer =>
      found(applicationIds(directory, zone).map((appId) => applicationView(directory, zone, appId, false))),

    get({ zone, params }: TenantCall): Answer {
      const { appId = '' } = params;
      const known = applicationIds(directory, zone).includes(appId);
      return known ? found(applicationView(directory, zone, appId, true)) : noSuchApplication(appId);
    },
  };
}

/** Applications that are registered, and those that every zone has roles of. */
export function applicationIds(directory: ZoneDirectory, zone: Zone): readonly string[] {
  const ids = [...directory.templates(zone), ...directory.applications(zone)].map(({ appId }) => appId);
  return [...new Set(ids)];
}

/** As recorded in security/app; details come with one alone. */
export function applicationView(directory: ZoneDirectory, zone: Zone, appId: string, details: boolean): object {
  const templates = directory.templates(zone).filter((template) => template.appId === appId);
  const { oauth2, shown } = directory.application(zone.guid, appId) ?? {};
  const broker = appId.includes('!b');
  return {
    appid: appId,
    serviceinstanceid: seedId('application', zone.guid, appId),
    planId: Buffer.from(seedId('application-plan', broker ? 'broker' : 'application')).toString('base64'),
    planName: broker ? 'broker' : 'application',
    orgId: null,
    spaceId: null,
    userName: null,
    description: null,
    masterAppId: null,
    tenantId: zone.guid,
    instanceSecretLastUsedAt: null,
    xsappname: nameOf(appId),
    attributes: [],
    'oauth2-configuration': {
      'token-validity': oauth2?.tokenValidity ?? 43_200,
      'refresh-token-validity': oauth2?.refreshTokenValidity ?? 604_800,
      autoapprove: true,
      'grant-types': GRANT_TYPES,
      'system-attributes': oauth2?.systemAttributes ?? ['groups', 'rolecollections'],
      allowedproviders: null,
      'redirect-uris': oauth2?.redirectUris ?? [],
      'credential-types': ['binding-secret', 'x509'],
    },
    'tenant-mode': 'dedicated',
    ...shown,
    ...(details
      ? {
          scopes: scopesOf(templates),
          authorities: [],
          'foreign-scope-references': [],
          'role-templates': templates.map((template) => templateOf(directory, zone, template)),
        }
      : {}),
  };
}

const GRANT_TYPES = [
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'client_credentials',
  'password',
  'authorization_code',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

/** With the application's name, and on request its roles, where it is not shown inside of the application. */
export function roleTemplateView(
  directory: ZoneDirectory,
  zone: Zone,
  template: RoleTemplate,
  showRoles: boolean,
): object {
  const roles = rolesOf(directory, zone, template).map((role) => roleView(role, false));
  const appName = nameOf(template.appId);
  return { ...templateOf(directory, zone, template), ...(showRoles ? { 'role-references': roles } : {}), appName };
}

function templateOf(directory: ZoneDirectory, zone: Zone, template: RoleTemplate): object {
  const { appId, name, description, scopes, attributes = [] } = template;
  return {
    name,
    description,
    'default-role-name': rolesOf(directory, zone, template).find((role) => role.readOnly)?.name ?? name,
    'scope-references': scopes,
    'attribute-references': attributes.map(({ attributeName, valueRequired }) => ({
      name: attributeName,
      'value-required': valueRequired === true,
    })),
    appId,
  };
}

function rolesOf(directory: ZoneDirectory, zone: Zone, { appId, name }: RoleTemplate) {
  return directory.roles(zone).filter((role) => role.appId === appId && role.template === name);
}

export function scopesOf(templates: readonly RoleTemplate[]): readonly { readonly name: string }[] {
  const described = templates.flatMap(({ scopes, description }) => scopes.map((name) => [name, description] as const));
  return [...new Map(described)].map(([name, description]) => ({ description, name }));
}

export function nameOf(appId: string): string {
  return appId.split('!')[0] ?? appId;
}
