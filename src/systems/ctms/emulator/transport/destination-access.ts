import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { loginHint, tokenResponse } from '../../../protocols/oauth/wire.ts';
import type { Subscription } from './store.ts';

/** An import that ended early, with the text of its log message (SAP help on CTMS troubleshooting, Note 3224927). */
export class ImportFailure extends Error {
  /** Fatal: nothing was imported. */
  readonly severity: 'F' | 'E';

  constructor(severity: 'F' | 'E', message: string) {
    super(message);
    this.severity = severity;
  }
}

/** `Not Found`: wrong domain, org or space. `Forbidden`: no SpaceDeveloper, or a user of another identity provider. */
export function clientCreationFailed(reason: string): ImportFailure {
  return startFailed(`Error during client creation: ${reason}`);
}

export function startFailed(reason: string): ImportFailure {
  return new ImportFailure('F', `Exception during start of deployment for deploy type 'SLP_CTS': ${reason}`);
}

/** `Unauthorized`: wrong, expired or locked password, second factor, wrong origin. */
export function initializationFailed(reason: string): ImportFailure {
  return new ImportFailure('F', `Error during deployment initialization: ${reason}`);
}

/** An emulated host answers 501 for what it does not have; a real one would not find it. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status === 501 ? 404 : status] ?? `Status ${status}`;
}

const properties = z.record(z.string(), z.string());
export type DestinationProperties = z.infer<typeof properties>;

const found = z.looseObject({ destinationConfiguration: properties });

type Services = Pick<EmulatorContext, 'fetch'>;

/** Reads a destination of the subscribed subaccount, secrets included, with the service's own client. @throws ImportFailure */
export async function readDestination(
  ctx: Services,
  subscription: Subscription,
  name: string,
): Promise<DestinationProperties> {
  const { clientId, clientSecret } = subscription.destinationClient;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const granted = await send(ctx, `${subscription.uaaUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  // What CTMS says when it cannot have the destination is not published: assumed, also the texts below.
  if (!granted?.ok) throw clientCreationFailed('Destination service is not available');
  const { access_token: token } = tokenResponse.parse(await granted.json());
  const base = `https://destination-configuration.cfapps.${subscription.region}.hana.ondemand.com`;
  const url = `${base}/destination-configuration/v1/destinations/${encodeURIComponent(name)}?$skipTokenRetrieval=true`;
  const response = await send(ctx, url, { headers: { authorization: `Bearer ${token}` } });
  if (response?.status === 404) throw clientCreationFailed(`Destination '${name}' does not exist`);
  if (!response?.ok) throw clientCreationFailed('Destination service is not available');
  return found.parse(await response.json()).destinationConfiguration;
}

/**
 * Logs in by a destination's credentials, and gives the header for the deploy service. With OAuth2Password CTMS calls
 * UAA itself: it adds the path to the token service URL, and knows the additional property `origin` (SAP help a26a721).
 * That it sends the origin in the form is assumed; UAA reads it there too.
 * @throws ImportFailure
 */
export async function logIn(ctx: Services, destination: DestinationProperties): Promise<string | undefined> {
  const { Authentication: kind, User: user = '', Password: password = '', origin } = destination;
  if (kind === 'BasicAuthentication') return `Basic ${base64(`${user}:${password}`)}`;
  if (kind === undefined || kind === 'NoAuthentication') return undefined;
  if (kind !== 'OAuth2Password') throw clientCreationFailed(`Authentication type ${kind} is not supported`);
  const url = URL.parse(`${(destination.tokenServiceURL ?? '').replace(/\/$/, '')}/oauth/token`);
  if (!url) throw initializationFailed('The token service URL is not valid');
  const response = await send(ctx, url, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${base64(`${destination.clientId ?? ''}:${destination.clientSecret ?? ''}`)}`,
    },
    body: new URLSearchParams({
      grant_type: 'password',
      username: user,
      password,
      ...(origin ? { login_hint: loginHint(origin) } : {}),
    }),
  });
  if (!response) throw initializationFailed(`${url.host} cannot be reached`);
  if (!response.ok) throw initializationFailed(reasonOf(response.status));
  const token = tokenResponse.safeParse(await response.json().catch(() => undefined));
  if (!token.success) throw initializationFailed('The token service gave no token');
  return `Bearer ${token.data.access_token}`;
}

/** A service that cannot be reached is no answer. */
export function send(ctx: Services, url: string | URL, init: RequestInit): Promise<Response | undefined> {
  return ctx.fetch(url, { ...init, redirect: 'manual' }).catch(() => undefined);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
