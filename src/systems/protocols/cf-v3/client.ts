import type { z } from 'zod';
import { createBudget } from '../../../kernel/budget.ts';
import { RemoteError } from '../../../kernel/errors.ts';
import type { Secret } from '../../../kernel/secret.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import { createHttp, type HttpCall } from '../http/client.ts';
import { apiErrors, job, pageOf, type Root, root, type user } from './wire.ts';

/** What the calls need of the kernel's context. */
export type CfContext = Pick<SystemContext, 'fetch' | 'now' | 'sleep' | 'memo'>;

/** A Cloud Foundry landscape as its discovery document describes it. */
export interface Landscape {
  /** CF API endpoint, e.g. `https://api.cf.eu10-004.hana.ondemand.com`. */
  readonly api: string;
  /** Short name, e.g. `eu10-004`. */
  readonly name: string;
  readonly links: Root['links'];
  /** Calls the landscape's hosts within one common budget. */
  readonly http: (call: HttpCall) => Promise<Response>;
}

/**
 * Calls in flight per landscape. The Cloud Controller allows about 20000 calls an hour and user and limits each of
 * its processes, not us; eight keep a page of answers coming without standing in other people's way.
 */
const CONCURRENCY = 8;

/** Name of a landscape, from its API endpoint: `eu10-004` of `https://api.cf.eu10-004.hana.ondemand.com`. */
export function landscapeName(api: string): string {
  const { host } = new URL(api);
  return /^api\.cf\.([a-z0-9-]+)\./i.exec(host)?.[1] ?? host;
}

/** Reads the landscape's discovery document, once per engine. */
export function discover(ctx: CfContext, api: string): Promise<Landscape> {
  return ctx.memo(`cf-v3/landscape:${api}`, async () => {
    const http = createHttp({
      system: 'cf',
      ctx,
      budget: createBudget({ concurrency: CONCURRENCY }, ctx),
      serviceCodeOf: errorTitle,
      correlationHeader: 'x-vcap-request-id',
    });
    const response = await http({ operation: `discover ${api}`, url: `${api}/` });
    const { links } = parsed(root, await response.json(), 'discover');
    return { api, name: landscapeName(api), links, http };
  });
}

/** Title of the first error, e.g. `CF-UnprocessableEntity`. */
async function errorTitle(response: Response): Promise<string | undefined> {
  return apiErrors.safeParse(await response.json()).data?.errors[0]?.title;
}

/** Calls the Cloud Controller; the token leaves here. */
export function call(landscape: Landscape, token: Secret, request: HttpCall): Promise<Response> {
  return landscape.http({
    ...request,
    headers: { accept: 'application/json', ...request.headers, authorization: `Bearer ${token.reveal()}` },
  });
}

export interface Listing<T> {
  readonly resources: readonly T[];
  readonly users: readonly z.infer<typeof user>[];
}

/** Reads a list to its end, following the links of its pages. */
export async function list<T extends z.ZodType>(
  send: (request: HttpCall) => Promise<Response>,
  request: { readonly operation: string; readonly url: URL },
  resource: T,
): Promise<Listing<z.infer<T>>> {
  const page = pageOf(resource);
  const resources: z.infer<T>[] = [];
  const users = new Map<string, z.infer<typeof user>>();
  for (let url: URL | undefined = request.url; url; ) {
    const response: Response = await send({ operation: request.operation, url });
    const answer = parsed(page, await response.json(), request.operation);
    resources.push(...(answer.resources as z.infer<T>[]));
    for (const included of answer.included?.users ?? []) users.set(included.guid, included);
    const next: string | undefined = answer.pagination.next?.href;
    url = next === undefined ? undefined : new URL(next);
  }
  return { resources, users: [...users.values()] };
}

const JOB_POLLS = 60;

/**
 * Waits until a job is done: its address is the `Location` of a 202.
 * @throws RemoteError when it failed, or is not done after about three minutes (then with an unknown outcome)
 */
export async function awaitJob(
  send: (request: HttpCall) => Promise<Response>,
  accepted: Response,
  operation: string,
  ctx: Pick<CfContext, 'sleep'>,
): Promise<void> {
  const location = accepted.headers.get('location');
  if (location === null) {
    throw new RemoteError('ERR_REMOTE_BROKEN', { system: 'cf', operation, status: 202, outcome: 'unknown' });
  }
  for (let poll = 1; poll <= JOB_POLLS; poll++) {
    const response = await send({ operation: `${operation}: read job`, url: location });
    const { state, errors } = parsed(job, await response.json(), 'read job');
    if (state === 'COMPLETE') return;
    if (state === 'FAILED') {
      const serviceCode = errors[0]?.title;
      throw new RemoteError('ERR_REMOTE_REFUSED', {
        system: 'cf',
        operation,
        ...(serviceCode === undefined ? {} : { serviceCode }),
      });
    }
    await ctx.sleep(Math.min(3000, 250 * 2 ** (poll - 1)));
  }
  throw new RemoteError('ERR_REMOTE_OUTCOME_UNKNOWN', {
    system: 'cf',
    operation,
    outcome: 'unknown',
    retryable: true,
    remedy: 'the job still runs: look again later with `locum plan`',
  });
}

/** Parses an answer; what does not fit is the service's fault, told without the body. */
export function parsed<T extends z.ZodType>(schema: T, body: unknown, operation: string): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new RemoteError('ERR_REMOTE_BROKEN', {
    system: 'cf',
    operation: `${operation} (unexpected answer at ${places.slice(0, 100)})`,
  });
}
