import type { Addresses } from '../../landscape/index.ts';
import { type Access, EXAMPLE } from '../example.ts';
import { fileName, type Style } from './style.ts';
import { printable } from './text.ts';

/** More ports than this are not listed: the admin page has them all. */
const MOST_PORTS = 40;

/** Where the landscape listens, and how unmodified clients are pointed at it. */
export function renderAddresses(
  addresses: Addresses,
  directory: string,
  { paint, cwd }: Style,
  access: Access = EXAMPLE,
): string {
  const all = Object.entries(addresses.origins);
  const origins = all.slice(0, MOST_PORTS);
  const widest = Math.max(0, ...origins.map(([, origin]) => origin.length));
  const env = directory === '.locum' ? 'npx locum env' : `npx locum env --directory ${directory}`;
  const cf = all.find(([host]) => host.startsWith('api.cf.'))?.[0] ?? 'api.cf.<landscape>.hana.ondemand.com';
  const manifest = fileName(access.manifest, cwd);
  const { admin, passwordVariable, destinationKeyVariable, globalAccount, user, target } = access;
  return [
    `${paint.bold('The local landscape is up.')} Data: ${printable(directory)}   Admin page: ${addresses.admin}`,
    '',
    paint.bold('Programs use it under production URLs, by its proxy and its CA. In a shell:'),
    paint.cyan(`  eval "$(${env})"`),
    '',
    '  as a technical user',
    paint.cyan(`    npx locum -m ${manifest} exec ${user} --target ${target} -- cf target`),
    '  cf',
    paint.cyan(`    cf api https://${cf}`),
    paint.cyan(`    CF_USERNAME=${admin} CF_PASSWORD="$${passwordVariable}" cf auth`),
    `  terraform, with provider "btp" { globalaccount = "${globalAccount}" }`,
    paint.cyan(`    BTP_USERNAME=${admin} BTP_PASSWORD="$${passwordVariable}" terraform plan`),
    '  SAP Cloud SDK',
    paint.cyan(
      `    export VCAP_SERVICES='{"destination":[{"name":"destination","label":"destination","tags":["destination"],"credentials":'"$${destinationKeyVariable}"'}]}'`,
    ),
    '',
    paint.bold('Without proxy and CA: one plain port per service, links rewritten'),
    ...origins.map(([host, origin]) => `  ${origin.padEnd(widest)}  ${printable(host)}`),
    ...(all.length > origins.length ? [`  and ${all.length - origins.length} more: ${addresses.admin}/hosts`] : []),
    '',
  ].join('\n');
}
