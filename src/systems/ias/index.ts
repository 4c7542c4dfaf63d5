import { defineSystem } from '../../kernel/system.ts';
import { iasActivation } from './activation.ts';
import { iasApplicationSecret } from './application-secret.ts';
import { tenantCheck, userCheck } from './checks.ts';
import { iasClientCertificate } from './client-certificate.ts';
import { iasClientSecret } from './client-secret.ts';
import { iasPasswordCredential } from './credential.ts';
import { expiries } from './expiries.ts';
import { findings } from './findings.ts';
import { iasPassword } from './password.ts';
import { rules } from './rules.ts';
import { section } from './section.ts';
import { stops } from './stops.ts';
import { iasUser } from './user.ts';
import { former, uses } from './uses.ts';

/** Technical users of SAP Cloud Identity Services and their passwords. */
export const ias = defineSystem({
  id: 'ias',
  section,
  resources: [iasUser, iasPassword, iasActivation],
  checks: [tenantCheck, userCheck],
  rules,
  findings,
  credentials: [iasPasswordCredential, iasClientSecret, iasClientCertificate, iasApplicationSecret],
  expiries,
  uses,
  stops,
  former,
});
