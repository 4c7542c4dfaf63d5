import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { type Answer, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import type { AuthzStore, SecuritySettings } from '../store.ts';
import { xsuaaUrl } from '../xsuaa/addresses.ts';
import { settingsOf } from '../zone/settings.ts';

/** Token lifetimes and the like of a zone. */
export function createSettingsSemantics(ctx: EmulatorContext, store: AuthzStore) {
  return {
    list: ({ zone }: TenantCall): Answer => found(view(ctx, zone, settingsOf(store, zone))),

    /** Absent parameters keep their values; one space clears the domains (notes §2.8). */
    update({ zone, params }: TenantCall): Answer {
      const known = settingsOf(store, zone);
      const settings: SecuritySettings = {
        ...known,
        iframeDomains: params.iFrameDomain === undefined ? known.iframeDomains : params.iFrameDomain.trim(),
        accessTokenValidity: numberOf(params.accessTokenValidity, known.accessTokenValidity),
        refreshTokenValidity: numberOf(params.refreshTokenValidity, known.refreshTokenValidity),
        defaultIdp: params.defaultIdp ?? known.defaultIdp,
        treatUsersWithSameEmailAsSameUser: flagOf(
          params.treatUsersWithSameEmailAsSameUser,
          known.treatUsersWithSameEmailAsSameUser,
        ),
        useIdpUserNameInTokens: flagOf(params.useIdpUserNameInTokens, known.useIdpUserNameInTokens),
        customEmailDomains: domainsOf(params.customEmailDomains, known.customEmailDomains),
        rotateSigningKeyAutomatically: flagOf(
          params.rotateSigningKeyAutomatically,
          known.rotateSigningKeyAutomatically,
        ),
        ...(params.homeRedirect === undefined ? {} : { homeRedirect: params.homeRedirect }),
      };
      store.settings.set(zone.guid, settings);
      return found(view(ctx, zone, settings));
    },
  };
}

/** assumed: nothing here rotates keys, so they are as old as any. */
const KEYS_SINCE = Date.UTC(2026, 0, 1);
const NINETY_DAYS_MS = 90 * 24 * 60 * 60 * 1000;

function view(ctx: EmulatorContext, zone: Zone, settings: SecuritySettings): object {
  const keyId = `default-jwt-key-${zone.guid.slice(0, 8)}`;
  const nextKeyId = `default-jwt-key-${zone.guid.slice(24, 34)}`;
  const samlKeyId = `default-saml-key-${Number.parseInt(zone.guid.slice(0, 7), 16)}`;
  const key = (rotation: number) => ({
    created: javaDate(KEYS_SINCE),
    lastModifiedAt: javaDate(KEYS_SINCE),
    nextRotationDate: settings.rotateSigningKeyAutomatically ? javaDate(rotation) : null,
    fipsCompliant: true,
  });
  return {
    iframeDomains: settings.iframeDomains,
    tokenPolicySettings: {
      accessTokenValidity: settings.accessTokenValidity,
      refreshTokenValidity: settings.refreshTokenValidity,
      refreshTokenUnique: false,
      activeKeyId: keyId,
      keyIds: [keyId, nextKeyId],
      keys: { [keyId]: key(ctx.now()), [nextKeyId]: key(ctx.now() + NINETY_DAYS_MS) },
    },
    samlConfigSettings: {
      disableInResponseToCheck: false,
      entityID: xsuaaUrl(zone),
      activeKeyId: samlKeyId,
      keys: { [samlKeyId]: { key: '', passphrase: '', certificate: '' } },
    },
    links: settings.homeRedirect === undefined ? {} : { homeRedirect: settings.homeRedirect },
    defaultIdp: settings.defaultIdp,
    corsDefaultOrigins: ['.*'],
    corsXhrOrigins: ['.*'],
    credentialTypeInfos: [],
    treatUsersWithSameEmailAsSameUser: settings.treatUsersWithSameEmailAsSameUser,
    useIdpUserNameInTokens: settings.useIdpUserNameInTokens,
    customEmailDomains: settings.customEmailDomains,
    rotateSigningKeyAutomatically: settings.rotateSigningKeyAutomatically,
  };
}

/** `Tue Jun 02 10:58:41 UTC 2026`, as Java prints a date. */
function javaDate(epochMs: number): string {
  const [, weekday, day, month, year, time] =
    /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(epochMs).toUTCString()) ?? [];
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

function numberOf(text: string | undefined, known: number): number {
  return text === undefined || !/^-?\d+$/.test(text) ? known : Number(text);
}

function flagOf(text: string | undefined, known: boolean): boolean {
  return text === undefined ? known : text === 'true';
}

function domainsOf(text: string | undefined, known: readonly string[]): readonly string[] {
  if (text === undefined) return known;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : known;
  } catch {
    return known;
  }
}
