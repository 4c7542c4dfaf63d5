import { z } from 'zod';
import { metadata, object, required, toOne } from '../../../../protocols/cf-v3/emulator/bodies.ts';

const name = z
  .string({ error: 'must be a string' })
  .min(1, { error: "can't be blank" })
  .max(255, { error: 'is too long (maximum is 255 characters)' });

const lifecycle = z.strictObject(
  {
    type: z.string({ error: 'Lifecycle type must be a string' }).optional(),
    data: z
      .looseObject(
        {
          buildpacks: z
            .array(z.string({ error: 'Buildpacks can only contain strings' }), { error: 'Buildpacks must be an array' })
            .nullish(),
          stack: z.string({ error: 'Stack must be a string' }).nullish(),
        },
        { error: 'must be an object' },
      )
      .optional(),
  },
  { error: 'must be an object' },
);
export type Lifecycle = z.infer<typeof lifecycle>;

/** Body of `POST /v3/apps`. */
export const newApp = z.strictObject({
  name,
  relationships: z.strictObject({ space: toOne('space') }),
  environment_variables: object.nullish(),
  lifecycle: lifecycle.nullish(),
  metadata,
});
export const changedApp = z.strictObject({ name: name.nullish(), lifecycle: lifecycle.nullish(), metadata });
export const changedEnvironment = z.strictObject({ var: z.unknown() });
export const changedFeature = z.strictObject({ enabled: required });
export const assignedDroplet = z.looseObject({ data: z.looseObject({ guid: z.string().nullish() }).nullish() });

const limit = (least: number, text: string) =>
  z
    .int({ error: ({ input }) => (typeof input === 'number' ? 'must be an integer' : 'is not a number') })
    .min(least, { error: text })
    .nullish();

export const scaledProcess = z.strictObject({
  instances: limit(0, 'must be greater than or equal to 0'),
  memory_in_mb: limit(1, 'must be greater than 0'),
  disk_in_mb: limit(1, 'must be greater than 0'),
  log_rate_limit_in_bytes_per_second: limit(-1, 'must be greater than or equal to -1'),
});

const check = z
  .looseObject({
    type: z.enum(['port', 'process', 'http'], { error: 'type must be "port", "process", or "http"' }).optional(),
    data: z
      .looseObject({
        endpoint: z.string().nullish(),
        timeout: z.number().nullish(),
        invocation_timeout: z.number().nullish(),
        interval: z.number().nullish(),
      })
      .nullish(),
  })
  .nullish();
export const changedProcess = z.strictObject({
  command: z.string().min(1, { error: 'must be between 1 and 4096 characters' }).max(4096).nullish(),
  user: z.string().nullish(),
  health_check: check,
  readiness_health_check: check,
  metadata,
});

export const newPackage = z.strictObject({
  type: z.enum(['bits', 'docker'], { error: "must be one of 'bits, docker'" }),
  relationships: z.strictObject({ app: toOne('app') }),
  data: z
    .looseObject({ image: z.string().optional(), username: z.string().nullish(), password: z.string().nullish() })
    .nullish(),
  metadata,
});
export const newBuild = z.strictObject({
  package: z.strictObject({ guid: z.string() }, { error: "can't be blank" }),
  lifecycle: lifecycle.nullish(),
  staging_memory_in_mb: z.number().nullish(),
  staging_disk_in_mb: z.number().nullish(),
  staging_log_rate_limit_bytes_per_second: z.number().nullish(),
  metadata,
});
