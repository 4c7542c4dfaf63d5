import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import type { CredentialKind } from '../../kernel/rotate/credential.ts';
import { Secret } from '../../kernel/secret.ts';
import { btpSession, parseAnswer } from '../protocols/btp-cli/client.ts';
import {
  declaredCredentials,
  MOST_SLOTS,
  missingSubaccount,
  proveClient,
  serviceMade,
} from '../protocols/oauth/service-credential.ts';

/** Keys of `kind: xsuaa-api-credential`. */
export const apiCredentialKeys = {
  subaccount: z.string().min(1).describe('Display name of the subaccount whose XSUAA APIs it opens'),
  readOnly: z.boolean().default(false).describe('Whether it may only read'),
};

const declaration = z.object(apiCredentialKeys);

interface ApiCredential {
  readonly name: string;
  readonly subaccount: string;
  /** Absent when there is no such subaccount. */
  readonly guid?: string;
  readonly readOnly: boolean;
}

const rows = z.array(z.looseObject({ name: z.string() }));

/** Credentials of the XSUAA APIs of a subaccount: each is a client secret with a name, and several are valid side by side. */
export const apiCredential: CredentialKind<ApiCredential> = {
  kind: 'authz/api-credential',
  slots: MOST_SLOTS,
  declares: [
    {
      name: 'xsuaa-api-credential',
      title: 'XSUAA API credential',
      declaredAs: '`credentials`, `kind: xsuaa-api-credential`',
      minted: 'XSUAA makes it, as the btp CLI asks for it (`security/api-credential`)',
      retired: 'deleted likewise',
      ...serviceMade('btp fda1027'),
    },
  ],

  expand(manifest, inventory) {
    if (!inventory) return [];
    return declaredCredentials(manifest, 'xsuaa-api-credential', (declared) => {
      const { subaccount, readOnly } = declaration.parse(declared);
      const guid = inventory.subaccounts.find(({ name }) => name === subaccount)?.guid;
      return {
        kind: 'authz/api-credential',
        address: address('authz', 'api-credential', subaccount, declared.name),
        props: { name: declared.name, subaccount, readOnly, ...(guid === undefined ? {} : { guid }) },
      };
    });
  },

  async inspect(credentials, ctx) {
    const states = credentials.map(async ({ address: at, props }) => {
      if (props.guid === undefined) return [at, missingSubaccount(at, props.subaccount)] as const;
      const session = await btpSession(ctx);
      const parameters = { subaccount: props.guid };
      const listed = await session.read({ object: 'security/api-credential', action: 'list', parameters }, rows);
      const slots = listed
        .filter(({ name }) => name.startsWith(`${props.name}-`))
        .map(({ name }) => ({ id: name, rotation: name.slice(props.name.length + 1) }));
      return [at, { findings: [], slots }] as const;
    });
    return new Map(await Promise.all(states));
  },

  minting: {
    by: 'service',
    async issue({ props }, rotation, ctx) {
      const name = `${props.name}-${rotation}`;
      const session = await btpSession(ctx);
      const result = await session.command({
        object: 'security/api-credential',
        action: 'create',
        parameters: { subaccount: props.guid ?? '', name, readOnly: String(props.readOnly) },
      });
      const credential = parseAnswer(z.looseObject({ clientid: z.string() }), result);
      return { secret: new Secret(JSON.stringify(credential)), slot: name };
    },
    async retire({ props }, slot, ctx) {
      const session = await btpSession(ctx);
      await session.command({
        object: 'security/api-credential',
        action: 'delete',
        parameters: { subaccount: props.guid ?? '', name: slot, readOnly: String(props.readOnly) },
        expect: [200, 404],
      });
      return {};
    },
  },

  prove: (_credential, secret, ctx) => proveClient(secret, ctx),
};
