import { z } from 'zod';
import { metadata, optionalObject, required } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { relationships, toOne } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import {
  anything,
  atMost,
  GUID,
  isBlank,
  isHash,
  isText,
  oneOf,
  optional,
  presence,
  type Rule,
  ruled,
  wholeNumber,
} from '../../../../protocols/cf-v3/emulator/rules.ts';

const name = ruled<string>(isText, atMost(255));

const lifecycle = z.strictObject(
  {
    type: z.string({ error: 'type must be a string' }).optional(),
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
  relationships: relationships({ space: toOne('space') }),
  name,
  environment_variables: optionalObject,
  lifecycle: lifecycle.nullish(),
  metadata,
});
export const changedApp = z.strictObject({
  name: optional<string>(isText, atMost(255)),
  lifecycle: lifecycle.nullish(),
  metadata,
});
export const changedEnvironment = z.strictObject({ var: z.unknown() });
export const changedFeature = z.strictObject({ enabled: required });
export const assignedDroplet = z.looseObject({ data: z.looseObject({ guid: z.string().nullish() }).nullish() });

const MOST = 2_147_483_647;
const amount = (least: number, complaint?: string, most = MOST) =>
  optional<number>(...wholeNumber(least, most, complaint));

export const scaledProcess = z.strictObject({
  instances: amount(0),
  memory_in_mb: amount(1, 'must be greater than 0'),
  disk_in_mb: amount(1, 'must be greater than 0'),
  log_rate_limit_in_bytes_per_second: amount(-1, undefined, Number.MAX_SAFE_INTEGER),
});

const isPath: Rule = (value) =>
  typeof value === 'string' && /^\/[^\s]*$/.test(value) ? undefined : 'must be a valid URI path';
const check = z
  .looseObject({
    type: ruled<string | undefined>((value) =>
      value === undefined
        ? undefined
        : oneOf(['port', 'process', 'http'], 'must be "port", "process", or "http"')(value),
    ),
    data: z
      .looseObject({
        timeout: amount(1),
        invocation_timeout: amount(1),
        interval: amount(1),
        endpoint: optional<string>(atMost(255), isPath),
      })
      .nullish(),
  })
  .nullish();
export const changedProcess = z.strictObject({
  command: optional<string>(isText, (value) =>
    String(value).length >= 1 && String(value).length <= 4096 ? undefined : 'must be between 1 and 4096 characters',
  ),
  user: z.string().nullish(),
  health_check: check,
  readiness_health_check: check,
  metadata,
});

interface Image {
  readonly image?: string;
  readonly username?: string | null;
  readonly password?: string | null;
}

/** What is wrong with `data` depends on the type (cloud_controller_ng, DockerDataValidator and BitsDataValidator). */
export const newPackage = z
  .strictObject({
    type: ruled<string>(oneOf(['bits', 'docker'], "must be one of 'bits, docker'")),
    relationships: relationships({ app: toOne('app') }),
    data: anything,
    metadata,
  })
  .transform(({ data, ...others }, ctx) => {
    const complaints: (string | undefined)[] = [];
    const image = isHash(data) ? data.image : undefined;
    if (others.type === 'docker') {
      complaints.push(isText(image) && 'Image must be a string', isBlank(image) ? 'Image required' : undefined);
      const strange = isHash(data) ? Object.keys(data).filter((key) => !DOCKER.includes(key)) : [];
      if (strange.length > 0) complaints.push(`Unknown field(s): ${strange.map((key) => `'${key}'`).join(', ')}`);
    } else if (others.type === 'bits' && data != null && !(isHash(data) && isBlank(data))) {
      complaints.push('Data must be empty if provided for bits packages');
    }
    for (const message of complaints) if (message) ctx.addIssue({ code: 'custom', path: ['data'], message });
    return { ...others, data: (isHash(data) ? data : {}) as Image };
  });
const DOCKER = ['image', 'username', 'password'];
export const newBuild = z.strictObject({
  package: z.looseObject({ guid: ruled<string>(presence, isText, ...GUID) }).prefault({}),
  lifecycle: lifecycle.nullish(),
  staging_memory_in_mb: z.number().nullish(),
  staging_disk_in_mb: z.number().nullish(),
  staging_log_rate_limit_bytes_per_second: z.number().nullish(),
  metadata,
});
