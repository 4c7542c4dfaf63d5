import { defineSystem } from '../../kernel/system.ts';
import { credentialFindings } from '../protocols/oauth/service-credential.ts';
import { bindingKeys, serviceBinding } from './binding.ts';

/** Service instances and their bindings, by the Service Manager: the credentials that services give to programs. */
export const services = defineSystem({
  id: 'services',
  section: {
    credentialKinds: { 'service-binding': bindingKeys },
    expand: () => ({ resources: [], findings: [] }),
  },
  resources: [],
  checks: [],
  rules: [],
  findings: credentialFindings,
  credentials: [serviceBinding],
});
