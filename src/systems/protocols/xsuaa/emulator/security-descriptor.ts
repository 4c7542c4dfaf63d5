import { z } from 'zod';
import type { Application } from '../../../../emulation/world.ts';

/**
 * What an application declares in its `xs-security.json`, the parameters of its XSUAA instance (btp:517895a). Service brokers
 * of Cloud Foundry and of Service Manager both take it.
 */
export const securityDescriptor = z.looseObject({
  xsappname: z.string().optional(),
  'role-templates': z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().default(''),
        'scope-references': z.array(z.string()).default([]),
      }),
    )
    .default([]),
  'role-collections': z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().default(''),
        'role-template-references': z.array(z.string()).default([]),
      }),
    )
    .default([]),
  /** Scopes that the application's own client gets. */
  authorities: z.array(z.string()).default([]),
  'oauth2-configuration': z
    .looseObject({
      'token-validity': z.number().int().positive().optional(),
      'refresh-token-validity': z.number().int().positive().optional(),
      'redirect-uris': z.array(z.string()).optional(),
      'system-attributes': z.array(z.enum(['groups', 'rolecollections'])).optional(),
    })
    .default({}),
});
export type SecurityDescriptor = z.infer<typeof securityDescriptor>;

/** The application that a descriptor makes of an instance whose application id is `appId`. */
export function applicationOf(descriptor: SecurityDescriptor, zone: string, appId: string): Application {
  const oauth2 = descriptor['oauth2-configuration'];
  const [token, refresh] = [oauth2['token-validity'], oauth2['refresh-token-validity']];
  const [redirectUris, systemAttributes] = [oauth2['redirect-uris'], oauth2['system-attributes']];
  return {
    zone,
    appId,
    roleTemplates: descriptor['role-templates'].map(({ name, description, 'scope-references': scopes }) => ({
      name,
      description,
      scopes: scopes.map((scope) => whole(scope, appId)),
    })),
    roleCollections: descriptor['role-collections'].map(({ name, description, 'role-template-references': refs }) => ({
      name,
      description,
      roleTemplates: refs.map((reference) => reference.replace('$XSAPPNAME.', '')),
    })),
    oauth2: {
      ...(token === undefined ? {} : { tokenValidity: token }),
      ...(refresh === undefined ? {} : { refreshTokenValidity: refresh }),
      ...(redirectUris === undefined ? {} : { redirectUris }),
      ...(systemAttributes === undefined ? {} : { systemAttributes }),
    },
  };
}

/** Scopes of the application's own client. Those that other applications grant (`$ACCEPT_GRANTED_AUTHORITIES`) are not emulated. */
export function clientScopesOf(descriptor: SecurityDescriptor, appId: string): readonly string[] {
  const own = descriptor.authorities.filter((authority) => authority.startsWith('$XSAPPNAME.'));
  return ['uaa.resource', ...own.map((authority) => whole(authority, appId))];
}

function whole(scope: string, appId: string): string {
  return scope.replace('$XSAPPNAME', appId);
}
