import type { Finding } from '../../kernel/finding.ts';

/**
 * Where Locum marks what is its own: custom attributes of the IAS user, which the administration console shows too.
 * The last of the ten are taken, because people start with the first.
 */
export const OWNERSHIP = {
  /** `locum:<manifest>/<technical user>`. */
  mark: 'customAttribute10',
  /** Who answers for the user. */
  owner: 'customAttribute9',
  /** What it is for. */
  purpose: 'customAttribute8',
} as const;

/** Longest value of a custom attribute (real /scim/Schemas dump). */
const MAX_LENGTH = 256;

export function ownershipMark(manifest: string, user: string): string {
  return `locum:${manifest}/${user}`;
}

/** A text cut to what a custom attribute holds. */
export function attributeText(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}

/** A user of that name exists, but it is not ours. */
export function notOurs(subject: string, userName: string, foundMark: string | undefined): Finding {
  const because =
    foundMark === undefined
      ? `the user ${userName} exists already and does not carry the mark of this manifest`
      : `the user ${userName} exists already and belongs to ${foundMark.slice(0, 80)}`;
  return {
    code: 'IAS_USER_NOT_OURS',
    severity: 'error',
    subject,
    because,
    remedy: 'choose another name, or take the user over with `locum apply --adopt` (this sets a new password)',
  };
}
