import { z } from 'zod';

/** What is wrong with a value, as Rails words it after the name of the attribute; undefined = nothing. */
export type Rule = (value: unknown) => string | undefined;

// The validators that messages of the Cloud Controller put together (cloud_controller_ng, app/messages/validators.rb, and
// ActiveModel's own). A message runs all of them, so one value can have several things wrong with it.
export const presence: Rule = (value) => (isBlank(value) ? "can't be blank" : undefined);
export const isText: Rule = (value) => (typeof value === 'string' ? undefined : 'must be a string');
export const isFlag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be a boolean');
export const isObject: Rule = (value) => (isHash(value) ? undefined : 'must be an object');
export const isArray: Rule = (value) => (Array.isArray(value) ? undefined : 'must be an array');
export const hasNoControls: Rule = (value) =>
  /^\P{Cc}+$/u.test(String(value ?? '')) ? undefined : 'must not contain escaped characters';
export const atLeast =
  (min: number): Rule =>
  (value) =>
    lengthOf(value) < min ? `is too short (minimum is ${min} character${min === 1 ? '' : 's'})` : undefined;
export const atMost =
  (max: number): Rule =>
  (value) =>
    lengthOf(value) > max ? `is too long (maximum is ${max} characters)` : undefined;
export const oneOf =
  (values: readonly unknown[], complaint: string): Rule =>
  (value) =>
    values.includes(value) ? undefined : complaint;

export const matches =
  (pattern: RegExp, complaint: string): Rule =>
  (value) =>
    pattern.test(String(value ?? '')) ? undefined : complaint;

/** ActiveModel's `numericality` of integers: what is no number is told only that. */
export function wholeNumber(
  min: number,
  max: number,
  least = `must be greater than or equal to ${min}`,
): readonly Rule[] {
  const numeric = (value: unknown) =>
    typeof value === 'number' ? value : isNumeral(value) ? Number(value) : undefined;
  return [
    (value) => {
      const number = numeric(value);
      if (number === undefined) return 'is not a number';
      return Number.isInteger(number) ? undefined : 'must be an integer';
    },
    (value) => (isWhole(numeric(value)) && Number(value) < min ? least : undefined),
    (value) => (isWhole(numeric(value)) && Number(value) > max ? `must be less than or equal to ${max}` : undefined),
  ];
}

function isNumeral(value: unknown): boolean {
  return typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value);
}

function isWhole(value: number | undefined): boolean {
  return value !== undefined && Number.isInteger(value);
}

/** A GUID in a body: any text of 1 to 200 characters. */
export const GUID: readonly Rule[] = [
  isText,
  (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= 200
      ? undefined
      : 'must be between 1 and 200 characters',
];

/** What may be absent, so that rules can say what they think of that. */
export const anything = z.unknown().optional();

/** A value that all rules hold for, in the order in which they complain. */
export function ruled<T>(...rules: readonly Rule[]) {
  return anything
    .superRefine((value, ctx) => {
      for (const rule of rules) {
        const complaint = rule(value);
        if (complaint !== undefined) ctx.addIssue({ code: 'custom', message: complaint });
      }
    })
    .transform((value) => value as T);
}

/** A rule for what is there (`allow_nil`). */
export function ifThere(rule: Rule): Rule {
  return (value) => (value == null ? undefined : rule(value));
}

/** A rule for what is not blank (`allow_blank`). */
export function unlessBlank(rule: Rule): Rule {
  return (value) => (isBlank(value) ? undefined : rule(value));
}

/** A value that may be absent or null; if it is there, all rules hold for it. */
export function optional<T>(...rules: readonly Rule[]) {
  return ruled<T | null | undefined>(...rules.map(ifThere));
}

export const guid = ruled<string>(...GUID);

/** Puts what is wrong with a GUID into the complaints, at a path of its own. */
export function complainOfGuid(value: unknown, path: readonly PropertyKey[], ctx: z.RefinementCtx): void {
  for (const rule of GUID) {
    const complaint = rule(value);
    if (complaint !== undefined) ctx.addIssue({ code: 'custom', message: complaint, path: [...path] });
  }
}

/** Ruby's `blank?`. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function isHash(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : String(value ?? '').length;
}
