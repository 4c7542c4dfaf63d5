import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { CredentialKind } from '../../kernel/rotate/credential.ts';
import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { btpSession, parseAnswer } from '../protocols/btp-cli/client.ts';
import {
  declaredCredentials,
  MOST_SLOTS,
  missingSubaccount,
  proveClient,
  serviceMade,
} from '../protocols/oauth/service-credential.ts';

/** Keys of `kind: service-binding`. */
export const bindingKeys = {
  subaccount: z.string().min(1).describe('Display name of the subaccount'),
  instance: z.string().min(1).describe('Name of the service instance, as `btp list services/instance` shows it'),
};

const declaration = z.object(bindingKeys);

interface Binding {
  readonly name: string;
  readonly subaccount: string;
  readonly instance: string;
  /** Absent when there is no such subaccount. */
  readonly guid?: string;
}

const instances = z.array(z.looseObject({ id: z.string(), name: z.string() }));
const bindings = z.array(z.looseObject({ id: z.string(), name: z.string(), service_instance_id: z.string() }));
const created = z.looseObject({ id: z.string() });
const read = z.looseObject({ credentials: z.record(z.string(), z.unknown()) });

/** Bindings of a service instance that no application has: several are valid side by side. */
export const serviceBinding: CredentialKind<Binding> = {
  kind: 'services/binding',
  slots: MOST_SLOTS,
  declares: [
    {
      name: 'service-binding',
      title: 'service binding of the Service Manager',
      declaredAs: '`credentials`, `kind: service-binding`',
      minted: 'the service makes it, as the btp CLI asks for it (`services/binding`)',
      retired: 'deleted likewise',
      ...serviceMade('recordings of subaccount_service_binding'),
    },
  ],

  expand(manifest, inventory) {
    if (!inventory) return [];
    return declaredCredentials(manifest, 'service-binding', (declared) => {
      const { subaccount, instance } = declaration.parse(declared);
      const guid = inventory.subaccounts.find(({ name }) => name === subaccount)?.guid;
      return {
        kind: 'services/binding',
        address: address('services', 'binding', subaccount, instance, declared.name),
        props: { name: declared.name, subaccount, instance, ...(guid === undefined ? {} : { guid }) },
      };
    });
  },

  async inspect(credentials, ctx) {
    const states = credentials.map(async ({ address: at, props }) => {
      if (props.guid === undefined) return [at, missingSubaccount(at, props.subaccount)] as const;
      const instance = await instanceOf(props, ctx);
      if (instance === undefined) return [at, { findings: [noInstance(at, props)] }] as const;
      const session = await btpSession(ctx);
      const parameters = { subaccount: props.guid };
      const listed = await session.read({ object: 'services/binding', action: 'list', parameters }, bindings);
      const slots = listed
        .filter((one) => one.service_instance_id === instance && one.name.startsWith(`${props.name}-`))
        .map(({ id, name }) => ({ id, rotation: name.slice(props.name.length + 1) }));
      return [at, { findings: [], slots }] as const;
    });
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'service',
    async issue({ address: at, props }, rotation, ctx) {
      const { guid: subaccount = '' } = props;
      const serviceInstanceID = await instanceOf(props, ctx);
      if (serviceInstanceID === undefined) throw gone(at, props);
      const session = await btpSession(ctx);
      const made = await session.command({
        object: 'services/binding',
        action: 'create',
        parameters: { subaccount, name: `${props.name}-${rotation}`, serviceInstanceID, parameters: '{}' },
      });
      const { id } = parseAnswer(created, made);
      // The answer to create has no credentials (recordings of subaccount_service_binding).
      const binding = await session.read(
        { object: 'services/binding', action: 'get', parameters: { subaccount, id } },
        read,
      );
      return { secret: new Secret(JSON.stringify(binding.credentials)), slot: id };
    },
    async retire({ props }, slot, ctx) {
      const session = await btpSession(ctx);
      await session.command({
        object: 'services/binding',
        action: 'delete',
        parameters: { subaccount: props.guid ?? '', id: slot },
        expect: [200, 404],
      });
      return {};
    },
  },

  prove: (_credential, secret, ctx) => proveClient(secret, ctx),
};

async function instanceOf({ guid, instance }: Binding, ctx: SystemContext): Promise<string | undefined> {
  const session = await btpSession(ctx);
  const parameters = { subaccount: guid ?? '' };
  const listed = await session.read({ object: 'services/instance', action: 'list', parameters }, instances);
  return listed.find(({ name }) => name === instance)?.id;
}

function noInstance(subject: string, { instance, subaccount }: Binding) {
  return {
    code: 'CREDENTIAL_NO_INSTANCE',
    severity: 'error' as const,
    subject,
    because: `subaccount '${subaccount}' has no service instance '${instance}'`,
    remedy: 'correct `instance` of the credential',
  };
}

function gone(subject: string, binding: Binding): RemoteError {
  const { because, remedy } = noInstance(subject, binding);
  return new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'services',
    operation: `create binding (${because})`,
    status: 404,
    remedy,
  });
}
