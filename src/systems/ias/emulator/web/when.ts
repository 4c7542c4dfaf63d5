import { scimTime } from '../resource.ts';

/** Epoch milliseconds as text; nothing for never. */
export function when(time: number | undefined): string {
  return time === undefined ? '' : scimTime(time).replace('T', ' ').replace('Z', ' UTC');
}
