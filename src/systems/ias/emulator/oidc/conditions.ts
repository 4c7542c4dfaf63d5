import { BlockList, isIP } from 'node:net';
import type { Peer } from '../../../../emulation/peer.ts';
import { peerOf } from '../../../../emulation/peer.ts';
import { groupsOf } from '../groups.ts';
import type { Conditions } from '../rows/application-settings.ts';
import type { Services } from '../services.ts';
import type { StoredUser, Tenant } from '../store.ts';
import { namesOf } from '../user-names.ts';

/** Where a logon comes from and what was typed. */
export interface Logon {
  readonly address?: string | undefined;
  readonly forwarded?: string | undefined;
  /** Address of somebody who is not in the user store. */
  readonly email?: string | undefined;
}

/** What the log tells of a logon. */
export function logonSource(request: Request, application: string | undefined) {
  const { address } = peerOf(request);
  return { ...(application === undefined ? {} : { application }), ...(address === undefined ? {} : { address }) };
}

/** Where a request comes from. */
export function originOf(request: Request): Pick<Logon, 'address' | 'forwarded'> {
  const { address }: Peer = peerOf(request);
  // The first is the client, as proxies append themselves.
  const forwarded = request.headers.get('x-forwarded-for')?.split(',')[0]?.trim();
  return { address, forwarded };
}

/** Group and user type can be met by users of the tenant only (ias ad7f993). */
export function meets(
  { store }: Services,
  tenant: Tenant,
  conditions: Conditions,
  user: StoredUser | undefined,
  logon: Logon,
): boolean {
  const { ipRange, forwardedIpRange, group, userType, emailDomain } = conditions;
  if (ipRange !== undefined && !isWithin(ipRange, logon.address)) return false;
  if (forwardedIpRange !== undefined && !isWithin(forwardedIpRange, logon.forwarded)) return false;
  if (userType !== undefined && user?.resource.userType !== userType) return false;
  if (group !== undefined && !(user && groupsOf(store, tenant, user.id).some((one) => one.display === group))) {
    return false;
  }
  if (emailDomain === undefined) return true;
  const emails = user ? namesOf(user.resource).emails : [logon.email ?? ''];
  return emails.some((email) => hasDomain(email, emailDomain));
}

const CIDR = /^([0-9a-f.:]+)\/(\d{1,3})$/i;

/** Whether a text is an address range in CIDR notation. */
export function isCidr(text: string): boolean {
  const [, network = '', length = ''] = CIDR.exec(text) ?? [];
  const family = isIP(network);
  return family !== 0 && Number(length) <= (family === 4 ? 32 : 128);
}

function isWithin(range: string, address: string | undefined): boolean {
  const family = address === undefined ? 0 : isIP(address);
  const [, network = '', length = ''] = CIDR.exec(range) ?? [];
  if (address === undefined || family === 0 || isIP(network) !== family) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(length), type);
  return list.check(address, type);
}

function hasDomain(email: string, wanted: string): boolean {
  const at = email.lastIndexOf('@');
  if (at < 0) return false;
  const domain = email.slice(at + 1).toLowerCase();
  const pattern = wanted.toLowerCase();
  return pattern.startsWith('*.') ? domain.endsWith(pattern.slice(1)) : domain === pattern;
}
