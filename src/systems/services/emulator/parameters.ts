import { z } from 'zod';
import type { Labels } from './store.ts';

const labelMap = z.record(z.string(), z.array(z.string()));

/** JSON inside of a text; undefined when there is none, null when it is malformed. */
export function jsonOf(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A map of labels; undefined when it is malformed. */
export function labelsOf(text: string | undefined): Labels | undefined {
  const parsed = jsonOf(text);
  return parsed === undefined ? {} : labelMap.safeParse(parsed).data;
}
