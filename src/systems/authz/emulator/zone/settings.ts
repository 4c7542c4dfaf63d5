import type { Zone } from '../../../../emulation/world.ts';
import { DEFAULT_ORIGIN_KEY } from '../../../protocols/btp-cli/wire.ts';
import type { AuthzStore, SecuritySettings } from '../store.ts';

/** Security settings of a zone; -1 = the default validity (notes btp-cli §2.8). */
export function settingsOf(store: AuthzStore, zone: Pick<Zone, 'guid'>): SecuritySettings {
  return (
    store.settings.get(zone.guid) ?? {
      zone: zone.guid,
      iframeDomains: '',
      accessTokenValidity: -1,
      refreshTokenValidity: -1,
      defaultIdp: DEFAULT_ORIGIN_KEY,
      treatUsersWithSameEmailAsSameUser: false,
      useIdpUserNameInTokens: false,
      customEmailDomains: [],
      rotateSigningKeyAutomatically: false,
    }
  );
}
