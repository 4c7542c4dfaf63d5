import { z } from 'zod';
import { changedText, metadata, object, text, toOne } from '../../../../protocols/cf-v3/emulator/bodies.ts';

const tags = z
  .array(z.string({ error: 'must be a list of strings' }), { error: 'must be a list of strings' })
  .nullish();
const url = z.string({ error: 'must be a string' }).nullish();

/** Bodies of `POST /v3/service_instances`; the type decides which one. */
export const newManaged = z.strictObject({
  type: z.string(),
  name: text(),
  relationships: z.strictObject({ space: toOne('space'), service_plan: toOne('service_plan') }),
  parameters: object.nullish(),
  tags,
  metadata,
});
export const newUserProvided = z.strictObject({
  type: z.string(),
  name: text(),
  relationships: z.strictObject({ space: toOne('space') }),
  credentials: object.nullish(),
  syslog_drain_url: url,
  route_service_url: url,
  tags,
  metadata,
});
export const instanceKind = z.looseObject({
  type: z.enum(['managed', 'user-provided'], { error: "must be one of 'managed', 'user-provided'" }),
});

export const changedManaged = z.strictObject({
  name: changedText(),
  relationships: z.strictObject({ service_plan: toOne('service_plan').optional() }).nullish(),
  parameters: object.nullish(),
  tags,
  maintenance_info: z.looseObject({ version: z.string() }).nullish(),
  metadata,
});
export const changedUserProvided = z.strictObject({
  name: changedText(),
  credentials: object.nullish(),
  syslog_drain_url: url,
  route_service_url: url,
  tags,
  metadata,
});

/** Body of `POST /v3/service_credential_bindings`. */
export const newBinding = z.strictObject({
  type: z.enum(['app', 'key'], { error: "must be 'app' or 'key'" }),
  name: z.string({ error: 'must be a string' }).nullish(),
  relationships: z.strictObject({ service_instance: toOne('service_instance'), app: toOne('app').optional() }),
  parameters: object.nullish(),
  strategy: z.string().nullish(),
  metadata,
});
export const changedBinding = z.strictObject({ metadata });

export const newRouteBinding = z.strictObject({
  relationships: z.strictObject({ service_instance: toOne('service_instance'), route: toOne('route') }),
  parameters: object.nullish(),
  metadata,
});

export const visibilityBody = z.looseObject({
  type: z.enum(['admin', 'organization', 'public', 'space'], {
    error: "must be one of 'public', 'admin', 'organization'",
  }),
  organizations: z.array(z.looseObject({ guid: z.string() })).optional(),
});
