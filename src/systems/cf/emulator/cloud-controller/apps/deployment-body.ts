import { z } from 'zod';
import { metadata, sentence } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import {
  anything,
  isBlank,
  isHash,
  type Rule,
  ruled,
  wholeNumber,
} from '../../../../protocols/cf-v3/emulator/rules.ts';

const STRATEGIES = ['rolling', 'canary'] as const;
const OPTIONS = [
  'canary',
  'max_in_flight',
  'web_instances',
  'memory_in_mb',
  'disk_in_mb',
  'log_rate_limit_in_bytes_per_second',
];

interface Options {
  readonly canary?: { readonly steps?: readonly { readonly instance_weight: number }[] | null } | null;
  readonly max_in_flight?: number | null;
  readonly web_instances?: number | null;
  readonly memory_in_mb?: number | null;
  readonly disk_in_mb?: number | null;
  readonly log_rate_limit_in_bytes_per_second?: number | null;
}

/** Body of `POST /v3/deployments` (cloud_controller_ng, DeploymentCreateMessage). */
export const newDeployment = z
  .strictObject({
    // No rule holds for it: what is no app is not found.
    relationships: anything,
    droplet: z.looseObject({ guid: z.string() }).nullish(),
    revision: z.looseObject({ guid: z.string() }).nullish(),
    strategy: ruled<(typeof STRATEGIES)[number] | null | undefined>((value) =>
      value == null || STRATEGIES.some((known) => known === value)
        ? undefined
        : `'${value}' is not a supported deployment strategy`,
    ),
    options: ruled<Options | null | undefined>(
      (value) => (isBlank(value) || isHash(value) ? undefined : 'must be an object'),
      (value) => {
        const strange = isHash(value) ? Object.keys(value).filter((key) => !OPTIONS.includes(key)) : [];
        return strange.length > 0 ? `has unsupported key(s): ${strange.join(', ')}` : undefined;
      },
    ),
    metadata,
  })
  .superRefine(({ droplet, revision, strategy, options }, ctx) => {
    const complain = (message: string) => ctx.addIssue({ code: 'custom', message, params: { whole: true } });
    if (droplet && revision) complain("Droplet Cannot set both fields 'droplet' and 'revision'");
    if (!isHash(options)) return;
    for (const [name, rules] of SIZES) {
      const value = options[name];
      if (value == null) continue;
      for (const rule of rules) {
        const complaint = rule(value);
        if (complaint !== undefined) complain(`${sentence(name)} ${complaint}`);
      }
    }
    const most = options.max_in_flight;
    if (most != null && !(Number.isInteger(most) && Number(most) >= 1)) {
      complain('Max in flight must be an integer greater than 0');
    }
    for (const complaint of canaryComplaints(options.canary, strategy)) complain(complaint);
  });

const LARGEST = 2_147_483_647;
const positive = wholeNumber(1, LARGEST, 'must be greater than 0');
const SIZES: readonly (readonly [keyof Options, readonly Rule[]])[] = [
  ['web_instances', wholeNumber(0, LARGEST)],
  ['memory_in_mb', positive],
  ['disk_in_mb', positive],
  ['log_rate_limit_in_bytes_per_second', wholeNumber(-1, Number.MAX_SAFE_INTEGER)],
];

function canaryComplaints(canary: unknown, strategy: string | null | undefined): readonly string[] {
  if (canary == null || canary === false) return [];
  if (!isHash(canary)) return ['Options canary must be an object'];
  if (strategy !== 'canary') return ['Options canary are only valid for Canary deployments'];
  const { steps } = canary;
  if (steps == null || steps === false) return [];
  const place = 'Options canary steps';
  if (!Array.isArray(steps) || !steps.every(isHash)) return [`${place} must be an array of objects`];
  const strange = steps.map((step) => Object.keys(step).filter((key) => key !== 'instance_weight'));
  const complaints = strange
    .filter((keys) => keys.length > 0)
    .map((keys) => `${place} has unsupported key(s): ${keys.join(', ')}`);
  if (steps.some((step) => !('instance_weight' in step))) complaints.push(`${place} missing key: "instance_weight"`);
  const weights = steps.map((step) => step.instance_weight);
  const range = `${place} instance weight must be an Integer between 1-100 (inclusive)`;
  if (!weights.every((weight) => Number.isInteger(weight))) return [...complaints, range];
  if (weights.some((weight) => Number(weight) < 1 || Number(weight) > 100)) complaints.push(range);
  const sorted = weights.every((weight, at) => at === 0 || Number(weights[at - 1]) <= Number(weight));
  if (!sorted) complaints.push(`${place} instance weight must be sorted in ascending order`);
  return complaints;
}
