import { z } from 'zod';
import { type Address, address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Inventory, Org, Subaccount } from '../../kernel/inventory.ts';
import { matchesGlob, selectSubaccounts } from '../../kernel/manifest/selector.ts';
import type { Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Expansion, Resource, Section } from '../../kernel/system.ts';
import { ORG_ROLES, type OrgRole, SPACE_ROLES, type SpaceRole } from '../protocols/cf-v3/wire.ts';
import { connection } from './connection.ts';
import { expandCopies } from './copies/declared.ts';
import { cloudFoundry, subaccountsOf } from './copies/grammar.ts';
import {
  type CfIdentity,
  type CfUserProps,
  type OrgRoleProps,
  orgRoleAddress,
  type SpaceRoleProps,
  spaceRoleAddress,
  userAddress,
} from './props.ts';
import { serviceKeyKeys } from './service-key-section.ts';

const nameOrGlob = z.string().min(1);

const grant = z
  .strictObject({
    orgRoles: z.array(z.enum(ORG_ROLES)).default([]).describe('Roles in the org; organization_user comes by itself'),
    spaces: z
      .array(
        z.strictObject({
          names: z
            .union([nameOrGlob, z.array(nameOrGlob).min(1)])
            .transform((names) => [names].flat())
            .describe('Names or globs of spaces'),
          roles: z.array(z.enum(SPACE_ROLES)).min(1),
        }),
      )
      .default([]),
  })
  .describe('Membership in the Cloud Foundry orgs of the subaccounts');
export type CfGrant = z.infer<typeof grant>;

export const section: Section = {
  connections: { cf: connection.optional() },
  user: { cloudFoundry: cloudFoundry.optional() },
  grant: { cf: grant.optional() },
  credentialKinds: { 'service-key': serviceKeyKeys },
  selectors: (user) => subaccountsOf(user).map((name) => ({ names: [name] })),
  expand(manifest, inventory) {
    const [roles, copies] = [expandRoles(manifest, inventory), expandCopies(manifest, inventory)];
    return {
      resources: [...roles.resources, ...copies.resources],
      findings: [...roles.findings, ...copies.findings],
    };
  },
};

/** The slice's part of a grant, with where it stands in `grants`. */
export function cfGrants(user: TechnicalUser): readonly { readonly cf: CfGrant; readonly index: number }[] {
  return user.grants.flatMap((entry, index) => (entry.cf === undefined ? [] : [{ cf: entry.cf as CfGrant, index }]));
}

/** The roles that grants give. Pure. */
export function expandRoles(manifest: Manifest, inventory: Inventory): Expansion {
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  for (const [index, user] of manifest.technicalUsers.entries()) {
    const provider = manifest.identityProviders.find((known) => known.name === user.identityProvider);
    if (!provider) continue;
    const wanted = new Wanted(manifest, user, provider.originKey);
    for (const { cf, index: at } of cfGrants(user)) {
      const place = { user, at: manifest.locate(['technicalUsers', index, 'grants', at, 'cf']) };
      const selector = user.grants[at]?.subaccounts;
      if (selector === undefined) {
        findings.push(noSubaccounts(place));
        continue;
      }
      for (const subaccount of selectSubaccounts(selector, inventory)) {
        if (subaccount.org === undefined) findings.push(noOrg(place, subaccount));
        else findings.push(...wanted.add(cf, subaccount.org, place));
      }
    }
    resources.push(...wanted.resources());
  }
  return { resources, findings };
}

interface Place {
  readonly user: TechnicalUser;
  readonly at: NonNullable<Finding['at']>;
}

/** What one technical user shall be in Cloud Foundry; grants that overlap add up. */
class Wanted {
  readonly #manifest: Manifest;
  readonly #user: TechnicalUser;
  readonly #identity: CfIdentity;
  readonly #orgs = new Map<string, Org>();
  readonly #orgRoles = new Map<Address, Resource<OrgRoleProps>>();
  readonly #spaceRoles = new Map<Address, Resource<SpaceRoleProps>>();

  constructor(manifest: Manifest, user: TechnicalUser, originKey: string) {
    this.#manifest = manifest;
    this.#user = user;
    this.#identity = { email: user.email, originKey };
  }

  add(cf: CfGrant, org: Org, place: Place): readonly Finding[] {
    this.#orgs.set(org.guid, org);
    this.#addOrgRole(org, 'organization_user');
    for (const type of cf.orgRoles) this.#addOrgRole(org, type);
    return cf.spaces.flatMap(({ names, roles }) =>
      names.flatMap((name) => {
        const spaces = org.spaces.filter((space) => matchesGlob(name, space.name));
        for (const space of spaces) for (const type of roles) this.#addSpaceRole(org, space, type);
        return spaces.length > 0 ? [] : [noSpace(place, org, name)];
      }),
    );
  }

  /** The shadow users first, as roles need them. */
  resources(): readonly Resource[] {
    const apis = new Set([...this.#orgs.values()].map((org) => org.api));
    return [...[...apis].map((api) => this.#userOf(api)), ...this.#orgRoles.values(), ...this.#spaceRoles.values()];
  }

  #userOf(api: string): Resource<CfUserProps> {
    const { globalAccount } = this.#manifest;
    const orgs = [...this.#orgs.values()].filter((org) => org.api === api).map((org) => org.guid);
    return {
      type: 'cf/user',
      address: userAddress(api, this.#identity),
      props: { api, ...this.#identity, orgs: orgs.sort() },
      scope: api,
      needs: [
        address('ias', 'password', this.#user.identityProvider, this.#user.name),
        address('trust', 'platform', globalAccount, this.#identity.originKey),
      ],
      user: this.#user.name,
    };
  }

  #addOrgRole(org: Org, type: OrgRole): void {
    const at = orgRoleAddress(org.name, this.#identity, type);
    const member = orgRoleAddress(org.name, this.#identity, 'organization_user');
    this.#orgRoles.set(at, {
      type: 'cf/org-role',
      address: at,
      props: { api: org.api, ...this.#identity, org: { guid: org.guid, name: org.name }, type },
      scope: org.api,
      // Membership comes first, other roles build on it.
      needs: [type === 'organization_user' ? userAddress(org.api, this.#identity) : member],
      user: this.#user.name,
    });
  }

  #addSpaceRole(org: Org, space: Org['spaces'][number], type: SpaceRole): void {
    const at = spaceRoleAddress(org.name, space.name, this.#identity, type);
    this.#spaceRoles.set(at, {
      type: 'cf/space-role',
      address: at,
      props: {
        api: org.api,
        ...this.#identity,
        org: { guid: org.guid, name: org.name },
        space: { guid: space.guid, name: space.name },
        type,
      },
      scope: org.api,
      // The Cloud Controller refuses space roles of users that are no members of the org.
      needs: [orgRoleAddress(org.name, this.#identity, 'organization_user')],
      user: this.#user.name,
    });
  }
}

function noSubaccounts({ user, at }: Place): Finding {
  return {
    code: 'CF_WITHOUT_SUBACCOUNTS',
    severity: 'error',
    subject: user.name,
    because: 'a grant of Cloud Foundry roles names no subaccounts, and only subaccounts have orgs',
    remedy: 'add `subaccounts:` to the grant, or move `cf:` to one that has it',
    at,
  };
}

function noOrg({ user, at }: Place, subaccount: Subaccount): Finding {
  return {
    code: 'CF_ORG_MISSING',
    severity: 'error',
    subject: user.name,
    because: `subaccount ${subaccount.name} has no Cloud Foundry org`,
    remedy: 'enable Cloud Foundry in the subaccount, or take it out of the selector of the grant',
    at,
  };
}

function noSpace({ user, at }: Place, org: Org, name: string): Finding {
  const glob = /[*?]/.test(name);
  const known = org.spaces.map((space) => space.name).join(', ');
  return {
    code: 'CF_SPACE_MISSING',
    // A glob may be meant for some of the orgs only.
    severity: glob ? 'warning' : 'error',
    subject: user.name,
    because:
      known === ''
        ? `org ${org.name} has no space ${name}; the user of connections.cf sees no space there at all`
        : `org ${org.name} has no space ${name}; it has ${known}`,
    remedy:
      known === ''
        ? `create the space, or make the user of connections.cf an Org Manager of ${org.name}`
        : 'mend the name in the manifest, or create the space',
    at,
  };
}
