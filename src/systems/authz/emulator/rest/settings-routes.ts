import { Hono } from 'hono';
import { z } from 'zod';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { createSettingsSemantics } from '../commands/settings.ts';
import { canonicalOrigin, type ZoneDirectory } from '../zone/directory.ts';
import { badRequest, bodyOf, restAnswer } from './answers.ts';
import type { Guard } from './guard.ts';

const PATH = '/sap/rest/authorization/v2/securitySettings';

/** Seconds; -1 = the default (btp:517895a gives the ranges). */
const validity = (longest: number) => z.union([z.literal(-1), z.number().int().min(60).max(longest)]);

const sentSettings = z.looseObject({
  iframeDomains: z.string().optional(),
  tokenPolicySettings: z
    .looseObject({
      accessTokenValidity: validity(86_400).optional(),
      refreshTokenValidity: validity(31_536_000).optional(),
    })
    .optional(),
  links: z.looseObject({ homeRedirect: z.string().optional() }).optional(),
  defaultIdp: z.string().optional(),
  treatUsersWithSameEmailAsSameUser: z.boolean().optional(),
  useIdpUserNameInTokens: z.boolean().optional(),
  customEmailDomains: z.array(z.string()).optional(),
});

/** Security settings; `defaultIdp` is how Cloud Integration comes to accept IAS users (is:0668507). */
export function settingsRoutes(
  { reading, writing }: Guard,
  directory: ZoneDirectory,
  settings: ReturnType<typeof createSettingsSemantics>,
): Hono<HostEnv> {
  const app = new Hono<HostEnv>();
  app.get(
    PATH,
    reading((c, { call }) => restAnswer(c, settings.list(call({})))),
  );
  app.patch(
    PATH,
    writing(async (c, { zone, call }) => {
      const sent = await bodyOf(c, sentSettings);
      const { defaultIdp } = sent;
      // assumed: an origin key that no trust has is refused.
      if (defaultIdp !== undefined && !directory.provider(zone.guid, defaultIdp)) {
        throw badRequest(`Identity provider '${defaultIdp}' does not exist.`);
      }
      const { tokenPolicySettings: policy, customEmailDomains: domains } = sent;
      const text = (value: unknown) => (value === undefined ? undefined : String(value));
      const params = {
        iFrameDomain: sent.iframeDomains,
        accessTokenValidity: text(policy?.accessTokenValidity),
        refreshTokenValidity: text(policy?.refreshTokenValidity),
        homeRedirect: sent.links?.homeRedirect,
        defaultIdp: defaultIdp === undefined ? undefined : canonicalOrigin(defaultIdp),
        treatUsersWithSameEmailAsSameUser: text(sent.treatUsersWithSameEmailAsSameUser),
        useIdpUserNameInTokens: text(sent.useIdpUserNameInTokens),
        customEmailDomains: domains === undefined ? undefined : JSON.stringify(domains),
      };
      return restAnswer(c, settings.update(call(params)));
    }),
  );
  return app;
}
