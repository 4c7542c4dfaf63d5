import { z } from 'zod';
import { unprocessable } from '../../../protocols/cf-v3/emulator.ts';
import type { Metadata } from './store.ts';

const values = z.record(z.string(), z.string().nullable()).nullish();

/** `metadata` in the body of a request; null removes a key. */
export const newMetadata = z.strictObject({ labels: values, annotations: values }).optional();

const KEY = /^([a-zA-Z0-9.-]+\/)?[a-zA-Z0-9]([\w.-]*[a-zA-Z0-9])?$/;

/** Checks and keeps metadata (cloud_controller_ng, MetadataValidatorHelper; the message is recorded). */
export function metadataOf(sent: z.infer<typeof newMetadata>): Metadata {
  const kept = (entries: z.infer<typeof values>) =>
    Object.fromEntries(Object.entries(entries ?? {}).filter((entry): entry is [string, string] => entry[1] !== null));
  for (const [kind, entries] of [['label', sent?.labels] as const, ['annotation', sent?.annotations] as const]) {
    const bad = Object.keys(entries ?? {}).find((key) => !KEY.test(key));
    if (bad !== undefined) throw unprocessable(`Metadata ${kind} key error: '${bad}' contains invalid characters`);
  }
  return { labels: kept(sent?.labels), annotations: kept(sent?.annotations) };
}
