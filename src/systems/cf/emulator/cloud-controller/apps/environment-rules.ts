import { unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';

/** Validates variables; null takes one away (cloud_controller_ng, EnvironmentVariablesStringValuesValidator). */
export function environmentOf(
  sent: unknown,
  before: Readonly<Record<string, string>> = {},
  attribute = 'Environment variables',
): Readonly<Record<string, string>> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
    throw unprocessable(`${attribute} must be an object`);
  const kept = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(sent as Record<string, unknown>)) {
    const complaint = keyComplaint(key);
    if (complaint !== undefined) throw unprocessable(`${attribute} ${complaint}`);
    if (value === null) kept.delete(key);
    else if (typeof value === 'string') kept.set(key, value);
    else {
      throw unprocessable(
        `Non-string value in environment variable for key '${key}', value '${JSON.stringify(value)}'`,
      );
    }
  }
  return Object.fromEntries(kept);
}

function keyComplaint(key: string): string | undefined {
  if (key === '') return 'key must be a minimum length of 1';
  if (/^VCAP_/i.test(key)) return 'cannot start with VCAP_';
  if (/^VMC/i.test(key)) return 'cannot start with VMC_';
  return /^PORT$/i.test(key) ? 'cannot set PORT' : undefined;
}
