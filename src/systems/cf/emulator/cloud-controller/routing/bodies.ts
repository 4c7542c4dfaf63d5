import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { relationships, toOne } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import {
  anything,
  atMost,
  isBlank,
  isHash,
  isText,
  matches,
  optional,
  ruled,
  wholeNumber,
} from '../../../../protocols/cf-v3/emulator/rules.ts';

const PROTOCOLS: readonly unknown[] = ['http1', 'http2', 'tcp'];

/** Body of `POST /v3/routes`. */
export const newRoute = z.strictObject({
  host: optional<string>(
    isText,
    atMost(63),
    matches(/^([\w-]+|\*)?$/, 'must be either "*" or contain only alphanumeric characters, "_", or "-"'),
  ),
  path: optional<string>(
    isText,
    atMost(128),
    matches(/^(\/.*|)$/, 'must begin with /'),
    matches(/^[^?]*$/, 'cannot contain ?'),
    matches(/^(?!\/$)/, 'cannot be exactly /'),
  ),
  port: optional<number>(...wholeNumber(0, 65_535)),
  relationships: relationships({ space: toOne('space'), domain: toOne('domain') }),
  options: anything,
  metadata,
});
export const changedRoute = z.strictObject({ options: anything, metadata });
export const destinationsBody = z.strictObject({ destinations: anything });
/** What is wrong with the protocol is told once the route is found. */
export const changedDestination = z.strictObject({
  protocol: ruled<string | undefined>((value) =>
    value === undefined || PROTOCOLS.includes(value) ? undefined : "protocol must be 'http1', 'http2' or 'tcp'.",
  ),
});

const BALANCING = ['round-robin', 'least-connection'];

/** What is wrong with the options of a route, if there are any (cloud_controller_ng, OptionsValidator). */
export function complaintsOfOptions(options: unknown): readonly string[] {
  if (options === undefined) return [];
  if (!isHash(options)) return ["Options 'options' is not a valid object"];
  const strange = Object.keys(options).filter((key) => key !== 'loadbalancing');
  const balancing = options.loadbalancing;
  return [
    ...(strange.length > 0 ? [`Options Unknown field(s): ${strange.map((key) => `'${key}'`).join(', ')}`] : []),
    ...(balancing === undefined || balancing === null || BALANCING.includes(String(balancing))
      ? []
      : [`Options Loadbalancing must be one of '${BALANCING.join(', ')}' if present`]),
    ...(balancing !== undefined && balancing !== null && isBlank(balancing)
      ? ["Options Loadbalancing can't be blank"]
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
