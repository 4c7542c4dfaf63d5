import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import type { CredentialKind, CredentialState } from '../../kernel/rotate/credential.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { awaitJob, list, parsed } from '../protocols/cf-v3/client.ts';
import {
  declaredCredentials,
  MOST_SLOTS,
  missingSubaccount,
  proveClient,
  serviceMade,
} from '../protocols/oauth/service-credential.ts';
import { cloudController } from './client.ts';
import { serviceKeyKeys } from './service-key-section.ts';

const declaration = z.object(serviceKeyKeys);

interface ServiceKey extends z.infer<typeof declaration> {
  readonly name: string;
  /** CF API endpoint and GUID of the space; absent when there is no such space. */
  readonly place?: { readonly api: string; readonly space: string };
}

// CF API v3: service instances, service credential bindings (cf-uaa-and-cf-api §4).
const named = z.looseObject({ guid: z.string(), name: z.string().nullable() });
const details = z.looseObject({ credentials: z.record(z.string(), z.unknown()) });

/** Service keys of an instance: several are valid side by side. */
export const serviceKey: CredentialKind<ServiceKey> = {
  kind: 'cf/service-key',
  slots: MOST_SLOTS,
  declares: [
    {
      name: 'service-key',
      title: 'service key of Cloud Foundry',
      declaredAs: '`credentials`, `kind: service-key`',
      minted: 'the service makes it, as the Cloud Controller asks for it',
      retired: 'deleted likewise',
      ...serviceMade('CF API v3'),
    },
  ],

  expand(manifest, inventory) {
    if (!inventory) return [];
    return declaredCredentials(manifest, 'service-key', (declared) => {
      const keys = declaration.parse(declared);
      const place = placeOf(keys, inventory);
      return {
        kind: 'cf/service-key',
        address: address('cf', 'service-key', keys.subaccount, keys.space, keys.instance, declared.name),
        props: { ...keys, name: declared.name, ...(place ? { place } : {}) },
      };
    });
  },

  async inspect(credentials, ctx) {
    const states = credentials.map(async ({ address: at, props }) => [at, await stateOf(at, props, ctx)] as const);
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'service',
    async issue({ props }, rotation, ctx) {
      const { api, send } = await controllerOf(props, ctx);
      const instance = await instanceOf(props, ctx);
      if (instance === undefined) throw gone('create service key');
      const name = `${props.name}-${rotation}`;
      const operation = 'create service key';
      const accepted = await send({
        operation,
        method: 'POST',
        url: `${api}/v3/service_credential_bindings`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'key', name, relationships: { service_instance: { data: { guid: instance } } } }),
        expect: [201, 202],
      });
      if (accepted.status === 202) await awaitJob(send, accepted, operation, ctx);
      const key = (await keysOf(instance, props, ctx)).find((one) => one.name === name);
      if (!key) throw gone(operation);
      const url = `${api}/v3/service_credential_bindings/${key.guid}/details`;
      const shown = await send({ operation: 'read service key', url });
      const { credentials } = parsed(details, await shown.json(), 'read service key');
      return { secret: new Secret(JSON.stringify(credentials)), slot: key.guid };
    },
    async retire({ props }, slot, ctx) {
      const { api, send } = await controllerOf(props, ctx);
      const operation = 'delete service key';
      const url = `${api}/v3/service_credential_bindings/${encodeURIComponent(slot)}`;
      const response = await send({ operation, method: 'DELETE', url, expect: [202, 204, 404] });
      if (response.status === 202) await awaitJob(send, response, operation, ctx);
      return {};
    },
  },

  prove: (_credential, secret, ctx) => proveClient(secret, ctx),
};

function placeOf({ subaccount, space }: z.infer<typeof declaration>, inventory: Inventory): ServiceKey['place'] {
  const org = inventory.subaccounts.find(({ name }) => name === subaccount)?.org;
  const guid = org?.spaces.find(({ name }) => name === space)?.guid;
  return org && guid !== undefined ? { api: org.api, space: guid } : undefined;
}

async function stateOf(at: string, props: ServiceKey, ctx: SystemContext): Promise<CredentialState> {
  if (!props.place) return missingSubaccount(at, `${props.subaccount}' with a space '${props.space}`);
  const instance = await instanceOf(props, ctx);
  if (instance !== undefined) {
    const slots = (await keysOf(instance, props, ctx))
      .filter(({ name }) => name?.startsWith(`${props.name}-`) === true)
      .map(({ guid, name }) => ({ id: guid, rotation: name?.slice(props.name.length + 1) ?? '' }));
    return { findings: [], slots };
  }
  const because = `space '${props.space}' of '${props.subaccount}' has no service instance '${props.instance}'`;
  const remedy = 'correct `instance` of the credential, or create it: cf create-service';
  return { findings: [{ code: 'CREDENTIAL_NO_INSTANCE', severity: 'error', subject: at, because, remedy }] };
}

async function instanceOf(props: ServiceKey, ctx: SystemContext): Promise<string | undefined> {
  const { api, send } = await controllerOf(props, ctx);
  const url = new URL('/v3/service_instances', api);
  url.searchParams.set('names', props.instance);
  url.searchParams.set('space_guids', props.place?.space ?? '');
  const { resources } = await list(send, { operation: 'find service instance', url }, named);
  return resources[0]?.guid;
}

async function keysOf(instance: string, props: ServiceKey, ctx: SystemContext) {
  const { api, send } = await controllerOf(props, ctx);
  const url = new URL('/v3/service_credential_bindings', api);
  url.searchParams.set('service_instance_guids', instance);
  url.searchParams.set('type', 'key');
  url.searchParams.set('per_page', '5000');
  return (await list(send, { operation: 'list service keys', url }, named)).resources;
}

async function controllerOf({ place }: ServiceKey, ctx: SystemContext) {
  if (!place) throw gone('find space');
  const { send } = await cloudController(ctx, place.api);
  return { api: place.api, send };
}

function gone(operation: string): RemoteError {
  return new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'cf',
    operation,
    status: 404,
    remedy: 'look whether space and service instance of the credential are there: cf services',
  });
}
