import type { Addresses } from '../../landscape/index.ts';
import type { Style } from './style.ts';
import { printable } from './text.ts';

/** Where the landscape listens, and how unmodified clients are pointed at it. */
export function renderAddresses(addresses: Addresses, directory: string, { paint }: Style): string {
  const hosts = Object.keys(addresses.origins);
  const widest = Math.max(0, ...Object.values(addresses.origins).map((origin) => origin.length));
  const cf = hosts.find((host) => host.startsWith('api.cf.')) ?? 'api.cf.<landscape>.hana.ondemand.com';
  const env = directory === '.locum' ? 'npx locum env' : `npx locum env --directory ${directory}`;
  return [
    `${paint.bold('The local landscape is up.')} Its data is in ${printable(directory)}, its admin page at ${addresses.admin}`,
    '',
    paint.bold('Point programs at it: production URLs, through its proxy and with its CA'),
    `  ${paint.cyan(`eval "$(${env})"`)}`,
    `  cf             cf login -a https://${cf} --origin ORIGIN_KEY -u E_MAIL`,
    '  terraform      terraform plan   (providers SAP/btp and cloudfoundry; no change to their configuration)',
    '  SAP Cloud SDK  node app.js      (bind a destination service key of `locum env` in VCAP_SERVICES)',
    '  one user       npx locum exec NAME -- cf target',
    '',
    paint.bold('Or without proxy and CA: a plain port per service, links rewritten'),
    ...hosts.map((host) => `  ${(addresses.origins[host] ?? '').padEnd(widest)}  ${printable(host)}`),
    '',
  ].join('\n');
}
