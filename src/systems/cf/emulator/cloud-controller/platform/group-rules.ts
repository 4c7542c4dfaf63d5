import { isIPv4 } from 'node:net';
import { isHash } from '../../../../protocols/cf-v3/emulator/rules.ts';

const KEYS = ['code', 'description', 'destination', 'log', 'ports', 'protocol', 'type'];
const NO_ADDRESS = 'destination must be a valid CIDR, IP address, or IP address range';

/**
 * What is wrong with the rules of a security group (cloud_controller_ng, RulesValidator). That several destinations, with
 * commas, are switched off, as they are by default, is assumed.
 */
export function complaintsOfRules(rules: readonly unknown[]): readonly string[] {
  return rules.flatMap((rule, index) => complaintsOf(rule).map((complaint) => `Rules[${index}]: ${complaint}`));
}

function complaintsOf(rule: unknown): readonly string[] {
  if (!isHash(rule)) return ['must be an object'];
  const { protocol, destination, description, log } = rule;
  const strange = Object.keys(rule).filter((key) => !KEYS.includes(key));
  const when = (condition: boolean, complaint: string) => (condition ? [complaint] : []);
  return [
    ...when(strange.length > 0, `unknown field(s): ${JSON.stringify(strange).replaceAll(',', ', ')}`),
    ...when(
      !['tcp', 'udp', 'icmp', 'all'].includes(String(protocol)),
      "protocol must be 'tcp', 'udp', 'icmp', or 'all'",
    ),
    ...complaintsOfDestination(destination),
    ...when(Boolean(description) && typeof description !== 'string', 'description must be a string'),
    ...when(Boolean(log) && typeof log !== 'boolean', 'log must be a boolean'),
    // Recording resource_security_group_invalid_rule: what is missing is wrong, too.
    ...when(
      (protocol === 'tcp' || protocol === 'udp') && !rule.ports,
      'ports are required for protocols of type TCP and UDP',
    ),
    ...when(
      (protocol === 'tcp' || protocol === 'udp') && !isPorts(rule.ports),
      'ports must be a valid single port, comma separated list of ports, or range or ports, formatted as a string',
    ),
    ...(protocol === 'icmp'
      ? ['code', 'type'].flatMap((field) => [
          ...when(rule[field] === undefined || rule[field] === null, `${field} is required for protocols of type ICMP`),
          ...when(!isControl(rule[field]), `${field} must be an integer between -1 and 255 (inclusive)`),
        ])
      : []),
    ...when(protocol === 'all' && Boolean(rule.ports), 'ports are not allowed for protocols of type all'),
  ];
}

function complaintsOfDestination(destination: unknown): readonly string[] {
  if (destination === undefined || destination === null) return [NO_ADDRESS];
  if (typeof destination !== 'string') return ['destination must be a string'];
  if (/\s/.test(destination)) return ['destination must not contain whitespace'];
  if (destination.includes(',')) return [NO_ADDRESS];
  const addresses = destination.split('-');
  // What is no address at all counts as one with leading zeros, too.
  const zeros = addresses.every((address) => /[.:]/.test(address) && !/(^|\.)0\d/.test(address))
    ? []
    : ['destination octets cannot contain leading zeros'];
  if (addresses.length === 1) return isNetwork(destination) ? zeros : [...zeros, NO_ADDRESS];
  const [first = '', last = ''] = addresses;
  if (addresses.length > 2) return [...zeros, NO_ADDRESS];
  if (!isIPv4(first) || !isIPv4(last)) return [...zeros, 'destination IP address range is invalid'];
  return numberOf(first) <= numberOf(last)
    ? zeros
    : [
        ...zeros,
        'beginning of IP address range is numerically greater than the end of its range (range endpoints are inverted)',
      ];
}

/** `10.0.0.0/8`, or an address. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  return isIPv4(address) && more.length === 0 && (bits === undefined || (/^\d{1,2}$/.test(bits) && Number(bits) <= 32));
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** `443`, `80,443` or `1024-2048`. */
function isPorts(ports: unknown): boolean {
  if (typeof ports !== 'string') return false;
  const range = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(ports);
  if (range) return isPort(range[1]) && isPort(range[2]) && Number(range[1]) < Number(range[2]);
  return ports.split(',').every((port) => isPort(port.trim()));
}

function isPort(text: string | undefined): boolean {
  return /^\d+$/.test(text ?? '') && Number(text) >= 1 && Number(text) <= 65_535;
}

function isControl(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= -1 && Number(value) <= 255;
}
