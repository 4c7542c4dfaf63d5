import type { Rule } from '../../kernel/system.ts';
import { originKeyForm } from './findings.ts';

/** At most 36 characters, of which `-platform` is nine (SAP Help, btp:c368984). */
const PLATFORM_ORIGIN_KEY = /^[A-Za-z0-9_-]{1,27}-platform$/;

/** L-14. The grammar of the manifest is as strict; this also judges manifests that were built in code. */
export const originKeyRule: Rule = {
  kind: originKeyForm,
  check: (manifest) =>
    manifest.identityProviders.flatMap((provider, index) =>
      PLATFORM_ORIGIN_KEY.test(provider.originKey)
        ? []
        : [
            {
              code: originKeyForm.code,
              severity: 'error',
              subject: provider.name,
              because: `'${provider.originKey}' is no origin key of a platform trust`,
              remedy: 'take the one of Security, Trust Configuration, Custom Platform Identity Providers',
              ...(originKeyForm.docs === undefined ? {} : { docs: originKeyForm.docs }),
              at: manifest.locate(['identityProviders', index, 'originKey']),
            },
          ],
    ),
};
