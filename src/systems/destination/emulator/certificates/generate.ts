import type { Attributes } from './attributes.ts';
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { endOfValidity, generateRsa, issue, pemOf } from '../../../protocols/cloud-pki/emulator/authority.ts';
import { badRequest } from '../errors.ts';
import type { CertificateRecord, Level } from '../store.ts';
import { writeJks } from './jks.ts';
import { isKeyStore } from './key-store.ts';
import { writePkcs12 } from './pkcs12.ts';

type Validity = NonNullable<Attributes['Validity']>;
type Impure = Pick<EmulatorContext, 'now' | 'aside' | 'random' | 'world' | 'state'>;

/** assumed: how long it lasts when nobody says. */
const DEFAULT_VALIDITY: Validity = { TimeUnit: 'YEARS', Value: 1 };

/** Part of every subject; what it names is not published (recorded, and in the examples of OpenAPI 1.0.0). */
const SERVICE_OU = '14621357-a44b-4cd4-823c-e1f845116fd1';

export interface Generated {
  readonly content: Buffer;
  /** In the words of the command line (recorded). */
  readonly creation: CertificateRecord['creation'];
}

/** Generates a certificate with its key, or for the key of a certificate signing request, by SAP Cloud PKI. */
export async function generate(ctx: Impure, level: Level, name: string, wanted: Attributes): Promise<Generated> {
  const { CN: commonName = name, CSR: csr, Password: password = '', Validity: validity = DEFAULT_VALIDITY } = wanted;
  // "Only PEM certificate can be generated" from a CSR (OpenAPI 1.0.0).
  if (csr !== undefined && isKeyStore(name)) throw badRequest('Only PEM certificates can be generated from a CSR');
  const region = ctx.world.use('accounts').zone(level.zone)?.region ?? '';
  const host = `destination-configuration.cfapps.${region}.hana.ondemand.com`;
  const keys = csr === undefined ? await ctx.aside(generateRsa) : undefined;
  const notBefore = new Date(ctx.now());
  const { certificates } = await issue(ctx, {
    region,
    // Whatever a CSR says is replaced by this (btp-connectivity:df1bb55).
    subject: [
      { C: ['DE'] },
      { O: ['SAP SE'] },
      { OU: ['SAP Cloud Platform Clients'] },
      { OU: [SERVICE_OU] },
      { L: [`${host}/${level.zone}`] },
      { CN: [commonName] },
    ],
    publicKey: keys?.publicKey ?? (await requestedKey(csr ?? '')),
    notBefore,
    notAfter: endOf(notBefore, validity),
  });
  const privateKey = keys && (await pemOf(keys.privateKey));
  return {
    content: write(ctx, name, { certificates, privateKey }, password),
    creation: {
      generation_method: 'external_service',
      common_name: commonName,
      has_password: password !== '',
      auto_renew: wanted.AutomaticRenew,
      validity_duration: validity.Value,
      validity_time_units: validity.TimeUnit,
    },
  };
}

function write(
  ctx: Impure,
  name: string,
  { certificates, privateKey }: { certificates: readonly string[]; privateKey: string | undefined },
  password: string,
): Buffer {
  if (privateKey !== undefined && isKeyStore(name)) {
    const entry = { certificates, privateKey };
    // The alias is the name of the file (recorded).
    return /\.jks$/i.test(name)
      ? writeJks(name, entry, password, { now: ctx.now(), salt: ctx.random(20) })
      : writePkcs12(name, entry, password);
  }
  const key = privateKey === undefined ? [] : [protectedBy(privateKey, password)];
  return Buffer.from([...certificates, ...key].map((pem) => `${pem.trim()}\n`).join(''));
}

function protectedBy(privateKey: string, password: string): string {
  if (password === '') return privateKey;
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password } as const;
  return String(createPrivateKey(privateKey).export(options));
}

async function requestedKey(csr: string): Promise<x509.PublicKey> {
  try {
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr, 'base64').toString('latin1'));
    if (await request.verify()) return request.publicKey;
  } catch {
    // Not such a request.
  }
  throw badRequest('Invalid certificate signing request');
}

function endOf(from: Date, { TimeUnit: unit, Value: value }: Validity): Date {
  const end = endOfValidity(from, unit, value);
  if (!end) throw badRequest('Invalid validity');
  return end;
}

const DAY = 86_400_000;

/** How long before its end a generated certificate is renewed, by its validity (btp-connectivity:fb31561). */
export function renewalMargin({ TimeUnit: unit, Value: value }: Validity): number {
  const days = { DAYS: value, MONTHS: value * 30.5, YEARS: value * 365 }[unit];
  if (days <= 1) return DAY / 2;
  if (days <= 14) return DAY;
  if (days <= 31) return 3 * DAY;
  if (days <= 154) return 7 * DAY;
  return 30 * DAY;
}
