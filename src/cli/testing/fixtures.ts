import type { DoctorReport } from '../../kernel/doctor/doctor.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Plan } from '../../kernel/plan/plan.ts';

const finding: Finding = {
  code: 'PLAN_UNDECLARED_RIGHT',
  severity: 'warning',
  subject: 'cf/space-role:acme-dev/shared/pipeline@sap-test.de@acme-platform/space_manager',
  because: 'pipeline has it, but no manifest declares it',
  remedy: 'declare it, or remove it with `locum apply --prune`',
};

export const gate: Finding = {
  code: 'MANIFEST_SELECTS_NOTHING',
  severity: 'error',
  subject: 'pipeline',
  because: 'no subaccount of acme is selected',
  remedy: 'subaccounts there: dev, test, prod, tms',
  at: { file: '/work/locum.yaml', line: 31, column: 9 },
};

/** A plan with one step of every kind. */
export const plan: Plan = {
  version: 1,
  manifest: 'acme',
  globalAccount: 'acme',
  createdAt: '2026-11-21T00:00:00.000Z',
  fingerprint: 'f'.repeat(64),
  options: { adopt: false, prune: true, maxRemovals: 10, renew: [] },
  steps: [
    {
      address: 'ias/user:acme-platform/pipeline',
      type: 'ias/user',
      action: 'create',
      changes: [{ path: '', after: { userName: 'pipeline', emails: ['pipeline@sap-test.de'], active: true } }],
      user: 'pipeline',
      needs: [],
    },
    {
      address: 'ias/password:acme-platform/pipeline',
      type: 'ias/password',
      action: 'create',
      changes: [
        { path: 'password', sensitive: true },
        { path: 'status', after: 'enabled' },
      ],
      because: 'the vault has none',
      user: 'pipeline',
      needs: ['ias/user:acme-platform/pipeline'],
    },
    {
      address: 'destination/destination:dev/CFAPI',
      type: 'destination/destination',
      action: 'update',
      changes: [
        { path: 'tokenServiceURL', before: 'https://old.example', after: 'https://login.example' },
        { path: 'clientId', before: 'sb-cf', after: '' },
        { path: 'scope', before: 'openid' },
        { path: 'Password', sensitive: true },
      ],
      user: 'mtx-routes',
      needs: [],
    },
    {
      address: 'cf/space-role:acme-dev/app/pipeline@sap-test.de@acme-platform/space_manager',
      type: 'cf/space-role',
      action: 'delete',
      changes: [{ path: '', before: { org: 'acme-dev', type: 'space_manager' } }],
      because: 'no manifest declares it',
      user: 'pipeline',
      needs: [],
    },
  ],
  unknown: [{ address: 'ias/password:acme-platform/ctms-deploy', paths: ['password'] }],
  inPlace: 7,
  findings: [finding],
};

export const emptyPlan: Plan = { ...plan, steps: [], findings: [], unknown: [], inPlace: 12 };

export const doctorReport: DoctorReport = {
  status: 'failed',
  users: [
    {
      user: 'ctms-deploy',
      status: 'ok',
      hops: [
        {
          link: 'tenant',
          check: 'ias/tenant',
          title: 'acme-platform.accounts.ondemand.com',
          status: 'ok',
          evidence: ['answers', 'SCIM login accepted'],
        },
        { link: 'user', check: 'ias/user', title: 'ctms-deploy', status: 'ok', evidence: ['active', 'mail verified'] },
      ],
    },
    {
      user: 'pipeline',
      status: 'failed',
      hops: [
        {
          link: 'user',
          check: 'ias/expiry',
          title: 'expiry',
          status: 'warning',
          evidence: ['2026-12-01'],
          because: 'it expires in 10 days',
          remedy: 'prolong it in the manifest',
          code: 'EXPIRES_SOON',
        },
        {
          link: 'token',
          check: 'cf/login',
          title: 'eu10-004',
          status: 'failed',
          evidence: ['status 401'],
          because: 'UAA refused the password, although it was accepted when it was set: somebody changed it since',
          remedy: 'locum apply',
          code: 'CF_LOGIN_REFUSED',
        },
        {
          link: 'consumer',
          check: 'cf/space',
          title: 'app in acme-dev',
          status: 'unknown',
          evidence: [],
          because: 'there is no token to look with',
          remedy: 'mend the token first',
        },
      ],
    },
  ],
};
