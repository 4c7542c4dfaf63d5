import { z } from 'zod';
import { metadata, optionalObject } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { relationships, toOne } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import {
  anything,
  isArray,
  isBlank,
  isHash,
  isText,
  oneOf,
  optional,
  presence,
  type Rule,
  ruled,
  unlessBlank,
} from '../../../../protocols/cf-v3/emulator/rules.ts';

const isListOfTexts: Rule = (value) =>
  Array.isArray(value) && value.some((one) => typeof one !== 'string') ? 'must be a list of strings' : undefined;
const tags = optional<readonly string[]>(unlessBlank(isArray), isListOfTexts);
const url = optional<string>(
  unlessBlank((value) => (typeof value === 'string' && isAddress(value) ? undefined : 'must be a valid URI')),
);
const secureUrl = optional<string>(
  unlessBlank((value) => (typeof value === 'string' && isAddress(value) ? undefined : 'must be a valid URI')),
  (value) => (typeof value === 'string' && value !== '' && !value.startsWith('https:') ? 'must be https' : undefined),
);
const name = ruled<string>(isText, presence);

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^[a-z][\w+.-]*:\/\/./i.test(text);
}

/** Bodies of `POST /v3/service_instances`; the type decides which one. */
export const newManaged = z.strictObject({
  type: z.string(),
  relationships: relationships({ space: toOne('space'), service_plan: toOne('service_plan') }),
  name,
  tags,
  parameters: optionalObject,
  metadata,
});
export const newUserProvided = z.strictObject({
  type: z.string(),
  relationships: relationships({ space: toOne('space') }),
  name,
  tags,
  credentials: optionalObject,
  syslog_drain_url: url,
  route_service_url: secureUrl,
  metadata,
});
export const instanceKind = z.looseObject({
  relationships: ruled(
    (value) => (isHash(value) ? undefined : "'relationships' is not an object"),
    (value) =>
      isHash(value) && isBlank(value) ? "'relationships' must include one or more valid relationships" : undefined,
  ),
  type: ruled<'managed' | 'user-provided'>(
    oneOf(['managed', 'user-provided'], "must be one of 'managed', 'user-provided'"),
  ),
  name,
  tags,
});

export const changedManaged = z.strictObject({
  relationships: relationships({ service_plan: toOne('service_plan') }).optional(),
  name: optional<string>(isText),
  tags,
  parameters: optionalObject,
  maintenance_info: z.looseObject({ version: z.string() }).nullish(),
  metadata,
});
export const changedUserProvided = z.strictObject({
  name: optional<string>(unlessBlank(isText)),
  tags,
  credentials: optionalObject,
  syslog_drain_url: url,
  route_service_url: secureUrl,
  metadata,
});

/** Body of `POST /v3/service_credential_bindings`, before its type says what else must be in it. */
export const bindingKind = z.strictObject({
  type: ruled<'app' | 'key'>(oneOf(['app', 'key'], "must be 'app' or 'key'")),
  name: anything,
  relationships: anything,
  parameters: optionalObject,
  strategy: z.string().nullish(),
  metadata,
});
export const newAppBinding = z.looseObject({
  relationships: relationships({ service_instance: toOne('service_instance'), app: toOne('app') }),
});
export const newKey = z.looseObject({
  relationships: relationships({ service_instance: toOne('service_instance') }),
  name: ruled<string>(isText, presence),
});
export const changedBinding = z.strictObject({ metadata });

export const newRouteBinding = z.strictObject({
  relationships: relationships({ service_instance: toOne('service_instance'), route: toOne('route') }),
  parameters: optionalObject,
  metadata,
});

const isListOfOrgs: Rule = (value) =>
  Array.isArray(value) && value.some((one) => !isHash(one) || typeof one.guid !== 'string')
    ? 'organizations list must be structured like this: "organizations": [{"guid": "valid-guid"}]'
    : undefined;

export const visibilityBody = z
  .strictObject({
    type: ruled<string>(oneOf(['public', 'admin', 'organization'], "must be one of 'public', 'admin', 'organization'")),
    organizations: anything,
  })
  .transform(({ type, organizations }, ctx) => {
    const rules: readonly Rule[] =
      type === 'organization'
        ? [isArray, presence, isListOfOrgs]
        : [(value) => (isBlank(value) ? undefined : 'must be blank')];
    for (const rule of rules) {
      const message = rule(organizations);
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['organizations'], message });
    }
    return { type, organizations: (organizations ?? []) as readonly { readonly guid: string }[] };
  });
