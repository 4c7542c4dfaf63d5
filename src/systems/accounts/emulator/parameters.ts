import { z } from 'zod';
import { type Answer, cisFailure } from '../../protocols/btp-cli/emulator/answers.ts';

const labelMap = z.record(z.string(), z.array(z.string()));

/** Labels as JSON inside of a text; undefined = not given, an answer when they are malformed. */
export function labelsOf(text: string | undefined): Readonly<Record<string, readonly string[]>> | undefined | Answer {
  if (text === undefined || text === '') return undefined;
  try {
    return labelMap.parse(JSON.parse(text));
  } catch {
    return invalid('Invalid labels');
  }
}

export function isAnswer(value: object | undefined): value is Answer {
  return value !== undefined && 'status' in value && typeof value.status === 'number';
}

/** Code 12003 is recorded for invalid parameters; the words are assumed where no recording is named. */
export function invalid(message: string): Answer {
  return cisFailure(message, 12003, 400);
}

/** `true` and `false` as texts; whatever else leaves it as it was. */
export function productionOf(text: string | undefined) {
  if (text === 'true') return 'USED_FOR_PRODUCTION' as const;
  return text === 'false' ? ('NOT_USED_FOR_PRODUCTION' as const) : undefined;
}
