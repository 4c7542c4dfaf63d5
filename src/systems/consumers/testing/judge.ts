import { z } from 'zod';
import type { Context } from '../../../kernel/context.ts';

type Schema = Parameters<typeof z.fromJSONSchema>[0];

/** What a service's API description says of a few operations: a small part of OpenAPI. */
export interface Description {
  /** Who says so. */
  readonly source: string;
  /** By path template, then by method in small letters. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** Refusals that the service may give to any call. */
  readonly refusals?: Readonly<Record<string, Answer>>;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Answer>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly schema?: Schema;
}

/**
 * Holds every request and every answer against the description: so client and double can't agree on what the service
 * does not do. `complaints` fills up meanwhile.
 */
export function judge(fetch: Context['fetch'], base: string, description: Description) {
  const complaints: string[] = [];
  const operations = Object.entries(description.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      regex: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
      method: method.toUpperCase(),
      operation,
    })),
  );

  async function watched(...[input, init]: Parameters<Context['fetch']>): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const sent = await request.clone().text();
    const response = await fetch(request.url, {
      ...init,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(sent === '' ? {} : { body: sent }),
    });
    const answered = await response.clone().text();
    const call = `${request.method} ${url.pathname}`;
    const complain = (because: string) => complaints.push(`${call}: ${because}`);
    const path = request.url.startsWith(base) ? url.pathname.slice(new URL(base).pathname.length - 1) : url.href;
    const found = operations.find(({ regex, method }) => method === request.method && regex.test(path));
    if (!found) {
      complain('the description has no such operation');
      return response;
    }
    const { operation } = found;
    const known = operation.parameters ?? [];
    const query = (name: string) => known.some((one) => one.in === 'query' && one.name === name);
    for (const name of url.searchParams.keys()) if (!query(name)) complain(`no parameter ${name} in the query`);
    for (const { name, in: where, required } of known) {
      const there = where === 'query' ? url.searchParams.has(name) : request.headers.has(name);
      if (required && !there) complain(`lacks ${name} in the ${where}`);
    }
    judgeBody(operation, request, sent, complain);
    const answer = operation.responses[response.status] ?? description.refusals?.[response.status];
    if (!answer) complain(`the description knows no answer ${response.status}`);
    else if (answer.schema) {
      for (const one of complaintsOf(answer.schema, answered)) complain(`${response.status} ${one}`);
    } else if (answered !== '' && response.status === 204) complain('204 with a body');
    return response;
  }

  return { fetch: watched, complaints };
}

function judgeBody({ requestBody }: Operation, request: Request, sent: string, complain: (because: string) => void) {
  if (!requestBody) {
    if (sent !== '') complain('takes no body');
    return;
  }
  if (sent === '') {
    if (requestBody.required) complain('lacks its body');
    return;
  }
  const type = request.headers.get('content-type')?.split(';')[0] ?? '';
  const described = requestBody.content[type];
  if (!described) complain(`${type || 'no media type'} is not among ${Object.keys(requestBody.content).join(', ')}`);
  else if (described.schema) for (const one of complaintsOf(described.schema, sent)) complain(`body: ${one}`);
}

function complaintsOf(schema: Schema, text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['is not JSON'];
  }
  const { error } = z.fromJSONSchema(schema).safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`.trim());
}
