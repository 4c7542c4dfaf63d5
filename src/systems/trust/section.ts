import type { Section } from '../../kernel/system.ts';
import { trustResource } from './platform.ts';

/** Identity providers are a key of the kernel; every one that a technical user has needs its platform trust. */
export const trustSection: Section = {
  expand(manifest) {
    const used = new Set(manifest.technicalUsers.map((user) => user.identityProvider));
    const providers = manifest.identityProviders.filter((provider) => used.has(provider.name));
    return { resources: providers.map((provider) => trustResource(manifest, provider)), findings: [] };
  },
};
