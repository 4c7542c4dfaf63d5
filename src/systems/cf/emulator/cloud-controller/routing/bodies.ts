import { z } from 'zod';
import { metadata, object, toOne } from '../../../../protocols/cf-v3/emulator/bodies.ts';

/** Body of `POST /v3/routes`. */
export const newRoute = z.strictObject({
  host: z.string({ error: 'must be a string' }).nullish(),
  path: z.string({ error: 'must be a string' }).nullish(),
  port: z.number({ error: 'is not a number' }).nullish(),
  relationships: z.strictObject({ space: toOne('space'), domain: toOne('domain') }),
  options: object.nullish(),
  metadata,
});
export const changedRoute = z.strictObject({ options: object.nullish(), metadata });
export const destinationsBody = z.strictObject({ destinations: z.unknown() });
export const sharedSpacesBody = z.strictObject({ data: z.array(z.strictObject({ guid: z.string() })) });
export const ownerBody = z.strictObject({ data: z.strictObject({ guid: z.string() }) });
export const changedDestination = z.strictObject({ protocol: z.string().nullish() });

const BALANCING = ['round-robin', 'least-connection'];

/** What is wrong with a route's parts (cloud_controller_ng, RouteCreateMessage). */
export function complaintsOf(body: z.infer<typeof newRoute>): readonly string[] {
  const host = body.host ?? '';
  const path = body.path ?? '';
  const when = (condition: boolean, complaint: string) => (condition ? [complaint] : []);
  const { port } = body;
  return [
    ...when(host.length > 63, 'Host is too long (maximum is 63 characters)'),
    ...when(
      !/^([\w-]+|\*)?$/.test(host),
      'Host must be either "*" or contain only alphanumeric characters, "_", or "-"',
    ),
    ...when(path.length > 128, 'Path is too long (maximum is 128 characters)'),
    ...when(path !== '' && !path.startsWith('/'), 'Path must begin with /'),
    ...when(path.includes('?'), 'Path cannot contain ?'),
    ...when(path === '/', 'Path cannot be exactly /'),
    ...when(typeof port === 'number' && !Number.isInteger(port), 'Port must be an integer'),
    ...when(typeof port === 'number' && port < 0, 'Port must be greater than or equal to 0'),
    ...when(typeof port === 'number' && port > 65_535, 'Port must be less than or equal to 65535'),
    ...complaintsOfOptions(body.options),
  ];
}

export function complaintsOfOptions(options: Readonly<Record<string, unknown>> | null | undefined): readonly string[] {
  const strange = Object.entries(options ?? {}).filter(([key, value]) => key !== 'loadbalancing' && value !== null);
  const balancing = options?.loadbalancing;
  return [
    ...(strange.length > 0 ? [`Options Unknown field(s): ${strange.map(([key]) => `'${key}'`).join(', ')}`] : []),
    ...(balancing !== undefined && balancing !== null && !BALANCING.includes(String(balancing))
      ? [`Options Loadbalancing must be one of '${BALANCING.join(', ')}' if present`]
      : []),
  ];
}

/** A destination of a body, before it is one. */
export interface WantedDestination {
  readonly app: string;
  readonly process: string;
  readonly port?: number;
  readonly weight: number | null;
  readonly protocol?: string;
}

const destination = z.looseObject({
  app: z.looseObject({ guid: z.unknown(), process: z.unknown().optional() }),
  port: z.number().nullish(),
  weight: z.number().nullish(),
  protocol: z.string().nullish(),
});

/** Reads `destinations`, with the complaints of cloud_controller_ng's RouteUpdateDestinationsMessage. */
export function wantedDestinations(
  sent: unknown,
  options: { readonly replace: boolean },
): { readonly complaints: readonly string[] } | { readonly wanted: readonly WantedDestination[] } {
  const minimum = options.replace ? 0 : 1;
  if (!Array.isArray(sent) || sent.length < minimum || sent.length > 100) {
    return {
      complaints: [`Destinations must be an array containing between ${minimum} and 100 destination objects.`],
    };
  }
  const complaints = sent.flatMap((one: unknown, index) =>
    complaintsOfDestination(one, options.replace).map((complaint) => `Destinations[${index}]: ${complaint}`),
  );
  const read = sent.map((one) => destination.safeParse(one)).flatMap(({ data }) => data ?? []);
  const weights = read.map((one) => one.weight ?? undefined);
  if (complaints.length === 0 && weights.some((weight) => weight !== undefined)) {
    if (weights.includes(undefined)) {
      complaints.push('Destinations cannot contain both weighted and unweighted destinations.');
    } else if (weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0) !== 100) {
      complaints.push('Destinations must have weights that sum to 100.');
    }
  }
  if (complaints.length > 0) return { complaints };
  return {
    wanted: read.map((one) => ({
      app: String(one.app.guid),
      process: (one.app.process as { type?: string } | undefined)?.type ?? 'web',
      weight: one.weight ?? null,
      ...(one.port == null ? {} : { port: one.port }),
      ...(one.protocol == null ? {} : { protocol: one.protocol }),
    })),
  };
}

function complaintsOfDestination(sent: unknown, replace: boolean): readonly string[] {
  if (typeof sent !== 'object' || sent === null) return ['must be an object.'];
  if (!('app' in sent)) return ['must have an "app".'];
  const known = ['app', 'weight', 'port', 'protocol'];
  if (Object.keys(sent).some((key) => !known.includes(key))) {
    return ['must have only "app" and optionally "weight", "port" or "protocol".'];
  }
  const { app, weight, port, protocol } = sent as Readonly<Record<string, unknown>>;
  const complaints: string[] = [];
  const guid = (app as { guid?: unknown } | null)?.guid;
  const type = (app as { process?: { type?: unknown } } | null)?.process;
  if (typeof guid !== 'string' || guid === '' || guid.length > 199) {
    complaints.push('app must have the structure {"guid": "app_guid"}');
  } else if (type !== undefined && type !== null && typeof type.type !== 'string') {
    complaints.push('process must have the structure {"type": "process_type"}');
  }
  if (weight != null && !replace) {
    complaints.push('weighted destinations can only be used when replacing all destinations.');
  } else if (weight != null && !within(weight, 1, 100)) {
    complaints.push('weight must be a positive integer between 1 and 100.');
  }
  if (port != null && !within(port, 1024, 65_535)) {
    complaints.push('port must be a positive integer between 1024 and 65535 inclusive.');
  }
  if (protocol != null && !['http1', 'http2', 'tcp'].includes(String(protocol))) {
    complaints.push("protocol must be 'http1', 'http2' or 'tcp'.");
  }
  return complaints;
}

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
