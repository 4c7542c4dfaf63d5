import {
  ConfigError,
  InvariantError,
  isNews,
  LocumError,
  ManifestError,
  PlanError,
  PolicyError,
  RemoteError,
  RunError,
} from '../../kernel/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { remedyLines } from './findings.ts';
import { placeOf, type Style, styleFor } from './style.ts';
import { count, printable, wrap } from './text.ts';

/** Tells on stderr what went wrong (as one JSON object with `json`). @returns the exit code of the error's class */
export function reportError(
  error: unknown,
  io: Io,
  { json, color }: { readonly json: boolean; readonly color: boolean },
): ExitCode {
  const text = json
    ? `${JSON.stringify({ error: errorObject(error) })}\n`
    : renderError(error, styleFor(io.stderr, io, { color }));
  io.stderr.write(text);
  return exitCodeOf(error);
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ManifestError) return EXIT.manifest;
  if (error instanceof ConfigError) return EXIT.config;
  if (error instanceof RemoteError) return EXIT.remote;
  if (error instanceof PlanError) return EXIT.plan;
  if (error instanceof RunError) return EXIT.run;
  if (error instanceof PolicyError) return EXIT.policy;
  return EXIT.unexpected;
}

/** An error for people: what, where, and what to do about it; a stack only where it is our own bug. */
export function renderError(error: unknown, style: Style): string {
  const { paint, width } = style;
  const mark = paint.red(paint.bold('Error:'));
  if (error instanceof ManifestError) {
    const problems = error.problems.flatMap(({ at, because, remedy }) => [
      `${paint.bold(placeOf(at, style))}: ${printable(because)}`,
      ...remedyLines(remedy, style),
    ]);
    return `${mark} ${count(error.problems.length, 'problem')} in the manifest\n${problems.join('\n')}\n`;
  }
  if (isExpected(error)) {
    const code = error instanceof LocumError ? ` ${paint.dim(`(${error.code})`)}` : '';
    const [first = '', ...rest] = wrap(printable(error.message), width - 7);
    const lines = [`${mark} ${first}`, ...rest.map((line) => `       ${line}`)];
    lines.push(`${lines.pop() ?? ''}${code}`);
    if (error.remedy !== undefined) lines.push(...remedyLines(error.remedy, style));
    return `${lines.join('\n')}\n`;
  }
  const stack = error instanceof Error ? stackOf(error) : String(error);
  return `${mark} this is a bug of Locum; please report it with the lines below\n${printable(stack)}\n`;
}

function isExpected(error: unknown): error is LocumError | UsageError {
  return isNews(error) || error instanceof UsageError;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

/** An error as JSON: the same facts. */
export function errorObject(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { class: 'unexpected', message: String(error) };
  const base = { class: error.name, message: error.message };
  if (error instanceof UsageError) return { ...base, remedy: error.remedy };
  if (!(error instanceof LocumError)) return { ...base, stack: stackOf(error) };
  const known = { class: error.name, code: error.code, message: error.message, remedy: error.remedy };
  if (error instanceof ManifestError) return { ...known, problems: error.problems };
  if (error instanceof RemoteError) {
    const { system, operation, status, serviceCode, correlationId, retryable, outcome } = error;
    return { ...known, system, operation, status, serviceCode, correlationId, retryable, outcome };
  }
  return error instanceof InvariantError ? { ...known, stack: stackOf(error) } : known;
}
