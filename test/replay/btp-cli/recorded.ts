import { z } from 'zod';

const texts = z.record(z.string(), z.string());

/** A line of a file as a recording of this kind. */
export const recording = z.looseObject({
  cassette: z.string(),
  index: z.number(),
  url: z.string().refine((text) => URL.canParse(text), 'no address'),
  /** Group and object; null for logins. */
  command: z.string().nullable(),
  action: z.string().nullable(),
  requestHeaders: texts,
  requestBody: z.looseObject({ paramValues: z.record(z.string(), z.unknown()).optional() }),
  status: z.number(),
  responseHeaders: texts,
  responseBody: z.unknown(),
  responseBodyKind: z.enum(['json', 'json-scalar', 'text', 'empty']),
  responseBodyRaw: z.string().optional(),
  /** Edited by hand after recording; says nothing about the service. */
  handWritten: z.boolean().optional(),
});

/** One recorded exchange with the command-line server. */
export type Recording = z.infer<typeof recording>;

/** Header names of HTTP are case-insensitive; the recordings have Go's spelling. */
export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

/** The recorded body as text. */
export function bodyOf(recorded: Recording): string {
  if (recorded.responseBodyKind === 'empty') return '';
  return recorded.responseBodyRaw ?? JSON.stringify(recorded.responseBody);
}

/** `security/trust?list`, or `login`. */
export function operationOf(recorded: Recording): string {
  return recorded.command === null ? 'login' : `${recorded.command}?${recorded.action}`;
}

/** Parameters of a command; all of them are strings, but for one recorded boolean. */
export function paramsOf(recorded: Recording): Readonly<Record<string, string>> {
  const values = Object.entries(recorded.requestBody.paramValues ?? {});
  return Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
}

/** Status of the service behind the server; undefined where the server answered itself. */
export function backendOf(recorded: Recording): number | undefined {
  const status = headerOf(recorded.responseHeaders, 'x-cpcli-backend-status');
  return status === undefined ? undefined : Number(status);
}

/** Whether the service did what it was asked to. */
export function succeeded(recorded: Recording): boolean {
  return recorded.status === 200 && (backendOf(recorded) ?? 200) < 400;
}
