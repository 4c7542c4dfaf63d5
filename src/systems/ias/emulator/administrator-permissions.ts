/** Authorizations of an administrator (ias 86ee374). */
export const PERMISSIONS = [
  'Manage Applications',
  'Manage Corporate Identity Providers',
  'Manage Users',
  'Read Users',
  'Manage Blocked Users',
  'Manage Groups',
  'Manage Tenant Configuration',
  'Manage Identity Provisioning',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Those that only a system can have, too (ias 86ee374). */
export const SYSTEM_PERMISSIONS = [
  ...PERMISSIONS,
  'Access Proxy System API',
  'Access Real-Time Provisioning API',
  'Access Identity Provisioning Tenant Admin API',
] as const;
export type SystemPermission = (typeof SYSTEM_PERMISSIONS)[number];
