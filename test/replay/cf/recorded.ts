import { z } from 'zod';

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]).nullable());

/** A line of a file as a recording of this kind. */
export const interaction = z.looseObject({
  cassette: z.string(),
  index: z.number(),
  method: z.string(),
  url: z.string().refine((text) => URL.canParse(text), 'no address'),
  request_headers: headers,
  request_form: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  request_body: z.unknown(),
  status: z.number(),
  response_headers: headers,
  response_body: z.unknown(),
  /** Edited by hand after recording; says nothing about the service. */
  handWritten: z.boolean().optional(),
});

/** One exchange of a client with a real SAP landscape. */
export type Interaction = z.infer<typeof interaction>;

/** A header of a recorded answer, by name in any case. */
export function recordedHeader(row: Interaction, name: string): string | undefined {
  const found = Object.entries(row.response_headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return (Array.isArray(found) ? found[0] : found) ?? undefined;
}

/** The recorded answer as a response, with the body as it was. */
export function recordedResponse(row: Interaction): Response {
  const body = typeof row.response_body === 'string' ? row.response_body : JSON.stringify(row.response_body);
  const answer = new Headers();
  for (const [name, value] of Object.entries(row.response_headers)) answer.set(name, [value ?? ''].flat().join(', '));
  return new Response(row.status === 204 ? null : body, { status: row.status, headers: answer });
}

export const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Service that a host name stands for: `api`, `uaa`, `login`, `deploy-service`. */
export function serviceOf(row: Interaction): string {
  return new URL(row.url).host.split('.')[0] ?? '';
}

/** Services of a Cloud Foundry landscape; whatever else a client has called (a download, the internet) is nobody's here. */
const SERVICES = /^(api|login|uaa|deploy-service)$/;

export function isOfLandscape(row: Interaction): boolean {
  return SERVICES.test(serviceOf(row));
}

/** What the hosts of a sequence's landscape have in common: `cf.eu10.hana.ondemand.com`. */
export function domainOf(rows: readonly Interaction[]): string | undefined {
  const [first] = rows.filter(isOfLandscape);
  return first && new URL(first.url).host.replace(/^[^.]+\./, '');
}

const WORDS = /^(v\d|[a-z][a-z_.-]*)$/i;

/** `GET /v3/roles/:guid`: the route of an exchange, without what is its own. */
export function routeOf(row: Interaction): string {
  const parts = new URL(row.url).pathname.split('/').map((part) => (part === '' || WORDS.test(part) ? part : ':guid'));
  const service = serviceOf(row);
  return `${row.method} ${service === 'api' ? '' : service}${parts.join('/')}`;
}

const PROMISED: readonly (readonly [service: RegExp, path: RegExp])[] = [
  [/^(uaa|login)$/, /^\/oauth\/token$/],
  [/^api$/, /^\/(v3(\/info)?)?$/],
  [
    /^api$/,
    /^\/v3\/(organizations|spaces|roles|users|organization_quotas|space_quotas|domains|routes|apps|processes|packages|builds|droplets|service_offerings|service_plans|service_instances|service_credential_bindings|jobs|feature_flags|isolation_segments|audit_events)(\/|$)/,
  ],
];

const JOBS_OF_OTHERS = /^(buildpack|service_broker|security_group|admin)\b/;

/** Whether it is about a resource that the landscape promises. */
export function isPromised(row: Interaction): boolean {
  const { pathname } = new URL(row.url);
  const { operation } = (row.response_body ?? {}) as { readonly operation?: unknown };
  if (pathname.startsWith('/v3/jobs/') && typeof operation === 'string' && JOBS_OF_OTHERS.test(operation)) return false;
  return PROMISED.some(([service, path]) => service.test(serviceOf(row)) && path.test(pathname));
}
