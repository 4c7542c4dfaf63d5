import { UsageError } from '../usage-error.ts';

const UNITS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** `36h`, `14d` or `2w` in milliseconds. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new UsageError(`'${text}' is no duration`, 'such as 36h, 14d or 2w');
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}
