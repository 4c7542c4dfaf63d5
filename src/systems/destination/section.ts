import { z } from 'zod';
import { address } from '../../kernel/address.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Inventory, Subaccount } from '../../kernel/inventory.ts';
import { secretRefSchema } from '../../kernel/manifest/grammar.ts';
import { selectorSchema, selectSubaccounts } from '../../kernel/manifest/selector.ts';
import type { Manifest, SecretRef, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Expansion, Resource, Section } from '../../kernel/system.ts';
import { isPresetProperty, PRESETS, type Target, writeProperties } from './presets.ts';
import { isSecretProperty } from './wire.ts';

/** Name of the additional property that marks a destination as ours; its value is `<manifest>/<technical user>`. */
export const OWNER_PROPERTY = 'locum.technicalUser';

const transportConnections = z
  .record(z.string(), secretRefSchema)
  .describe('Service keys (JSON) of Cloud Transport Management by display name of the subaccount: its nodes are named');

const connections = z
  .record(z.string(), secretRefSchema)
  .describe('Service keys of the Destination service (JSON text) by display name of the subaccount');

const declaration = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,200}$/, 'letters, digits, _ and - only, at most 200')
      .describe('Name of the destination'),
    preset: z
      .enum(PRESETS)
      .describe(
        'ctms-deploy: for Cloud Transport Management; cf-api: for apps that call the CF API through SAP Cloud SDK',
      ),
    in: selectorSchema.describe('Subaccounts that get the destination'),
    target: z
      .strictObject({
        subaccount: z.string().min(1).describe('Display name of the subaccount whose Cloud Foundry org is meant'),
        space: z.string().min(1).optional().describe('Name of the space; needed for ctms-deploy'),
      })
      .describe('What the destination leads to'),
    properties: z
      .record(z.string(), z.string())
      .superRefine((properties, issues) => {
        for (const name of Object.keys(properties)) {
          const because = whyRefused(name);
          if (because) issues.addIssue({ code: 'custom', path: [name], message: because });
        }
      })
      .optional()
      .describe('More properties; `Description` replaces the default one'),
  })
  .describe('A destination that holds the credentials of this technical user');
export type Declaration = z.infer<typeof declaration>;

function whyRefused(property: string): string | undefined {
  if (!/^[^\s/]{1,200}$/.test(property)) return 'a property name without blanks and slashes';
  if (isSecretProperty(property)) return 'secrets do not stand in a manifest';
  if (isPresetProperty(property) || property === OWNER_PROPERTY) return 'the preset sets this property';
  return;
}

/** What a destination holds for one technical user. */
export interface Face {
  readonly owner: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** The face whose user a destination names; the first twin's where it names another. */
export function faceOf({ owner, properties, other }: DestinationProps, user: string | undefined): Face {
  const named = user?.toLowerCase();
  return other && other.properties.User?.toLowerCase() === named ? other : { owner, properties };
}

/** The user name that a destination with these properties should log in with. */
export function loginOf(props: DestinationProps, properties: Readonly<Record<string, string>>): string {
  return faceOf(props, properties.User).properties.User ?? '';
}

/** Props of a `destination/destination` resource. */
export interface DestinationProps {
  readonly name: string;
  readonly subaccount: { readonly guid: string; readonly name: string };
  /** `<manifest>/<technical user>`: the mark of ownership, and the name of the password in the vault. */
  readonly owner: string;
  /** Every property but `Password`. */
  readonly properties: Readonly<Record<string, string>>;
  /** With twins: what it holds while the other twin is in use. Both are as declared. */
  readonly other?: Face;
  /** Absent on a destination that carries our mark although no manifest declares it. */
  readonly target?: Target;
}

/** The declared destinations of a technical user. */
export function declarationsOf(user: TechnicalUser): readonly Declaration[] {
  return z.array(declaration).parse(user.destinations ?? []);
}

/** The service keys by subaccount name. */
export function serviceKeysOf(manifest: Manifest): ReadonlyMap<string, SecretRef> {
  return new Map(Object.entries(connections.parse(manifest.connections.destination ?? {})));
}

/** Service keys of Cloud Transport Management by display name of the subscribed subaccount. */
export function transportKeysOf(manifest: Manifest): ReadonlyMap<string, SecretRef> {
  return new Map(Object.entries(transportConnections.parse(manifest.connections.ctms ?? {})));
}

export const section: Section = {
  connections: { destination: connections.optional(), ctms: transportConnections.optional() },
  user: { destinations: z.array(declaration).optional() },
  selectors: (user) =>
    declarationsOf(user).flatMap((declared) => [{ names: [declared.target.subaccount] }, declared.in]),
  expand(manifest, inventory) {
    const expanded = manifest.technicalUsers.map((user, index) =>
      // Twins share their destinations.
      user.twin?.first === false ? { resources: [], findings: [] } : expandUser(manifest, inventory, user, index),
    );
    const resources = new Map<string, Resource<DestinationProps>>();
    const findings = expanded.flatMap((one) => [...one.findings]);
    for (const resource of expanded.flatMap((one) => one.resources)) {
      const first = resources.get(resource.address);
      if (first) findings.push(nameTaken(resource, first, manifest));
      else resources.set(resource.address, resource);
    }
    return { resources: [...resources.values()], findings };
  },
};

interface UserExpansion extends Expansion {
  readonly resources: readonly Resource<DestinationProps>[];
}

/** The destinations of one technical user, and why some can't be. */
export function expandUser(
  manifest: Manifest,
  inventory: Inventory,
  user: TechnicalUser,
  index = manifest.technicalUsers.indexOf(user),
): UserExpansion {
  const idp = manifest.identityProviders.find((one) => one.name === user.identityProvider);
  const keys = serviceKeysOf(manifest);
  const resources: Resource<DestinationProps>[] = [];
  const findings: Finding[] = [];
  for (const [place, declared] of declarationsOf(user).entries()) {
    const refuse = (code: string, because: string, remedy: string): void => {
      const at = manifest.locate(['technicalUsers', index, 'destinations', place]);
      findings.push({ code, severity: 'error', subject: user.name, because, remedy, at });
    };
    const target = idp && resolveTarget(declared, inventory, idp.originKey, refuse);
    if (!target) continue;
    const homes = selectSubaccounts(declared.in, inventory);
    if (homes.length === 0) {
      refuse(
        'DESTINATION_NO_SUBACCOUNT',
        `no subaccount of '${manifest.globalAccount}' is chosen by 'in' of destination '${declared.name}'`,
        'correct the selector `in`',
      );
    }
    for (const home of homes) {
      if (!keys.has(home.name)) {
        refuse(
          'DESTINATION_NO_SERVICE_KEY',
          `destination '${declared.name}' goes to subaccount '${home.name}', for which there is no service key`,
          `create a service key of a Destination service instance there and add connections.destination.${home.name}`,
        );
        continue;
      }
      resources.push(resourceOf(manifest, user, declared, home, target));
    }
  }
  return { resources, findings };
}

function resolveTarget(
  declared: Declaration,
  inventory: Inventory,
  originKey: string,
  refuse: (code: string, because: string, remedy: string) => void,
): Target | undefined {
  const { subaccount: name, space: spaceName } = declared.target;
  const subaccount = inventory.subaccounts.find((one) => one.name === name);
  if (!subaccount) {
    refuse('DESTINATION_NO_TARGET', `there is no subaccount '${name}'`, 'correct target.subaccount');
    return;
  }
  if (!subaccount.org) {
    refuse(
      'DESTINATION_NO_TARGET',
      `subaccount '${name}' has no Cloud Foundry org that destination '${declared.name}' could lead to`,
      `enable Cloud Foundry in '${name}' or correct target.subaccount`,
    );
    return;
  }
  const { guid, name: org, api, spaces } = subaccount.org;
  if (spaceName === undefined) {
    // The rule DESTINATION_SPACE_MISSING tells it; without a space there is no URL to write.
    if (declared.preset === 'ctms-deploy') return;
    return { preset: declared.preset, api, originKey, org: { guid, name: org } };
  }
  const space = spaces.find((one) => one.name === spaceName);
  if (!space) {
    refuse(
      'DESTINATION_NO_TARGET',
      `org '${org}' has no space '${spaceName}'`,
      `correct target.space, or \`cf create-space ${spaceName} -o ${org}\``,
    );
    return;
  }
  return {
    preset: declared.preset,
    api,
    originKey,
    org: { guid, name: org },
    space: { guid: space.guid, name: space.name },
  };
}

function resourceOf(
  manifest: Manifest,
  user: TechnicalUser,
  declared: Declaration,
  home: Subaccount,
  target: Target,
): Resource<DestinationProps> {
  const faces = twinsOf(manifest, user).map(({ name, email }): Face => {
    const owner = `${manifest.name}/${name}`;
    return {
      owner,
      properties: {
        Description: `${user.purpose} (technical user ${user.twin?.of ?? user.name}, kept by Locum)`,
        ...declared.properties,
        ...writeProperties(target, declared.name, email),
        [OWNER_PROPERTY]: owner,
      },
    };
  });
  const [face = { owner: '', properties: {} }, other] = faces;
  return {
    type: 'destination/destination',
    address: address('destination', 'destination', home.name, declared.name),
    scope: home.name,
    needs: twinsOf(manifest, user).map(({ name }) => address('ias', 'password', user.identityProvider, name)),
    user: user.name,
    props: {
      name: declared.name,
      subaccount: { guid: home.guid, name: home.name },
      ...face,
      ...(other ? { other } : {}),
      target,
    },
  };
}

/** The user alone, or both twins. */
function twinsOf(manifest: Manifest, user: TechnicalUser): readonly TechnicalUser[] {
  return [user, ...manifest.technicalUsers.filter(({ name }) => name === user.twin?.other)];
}

function nameTaken(second: Resource<DestinationProps>, first: Resource<DestinationProps>, manifest: Manifest): Finding {
  const index = manifest.technicalUsers.findIndex((user) => user.name === second.user);
  return {
    code: 'DESTINATION_NAME_SHARED',
    severity: 'error',
    subject: second.user ?? second.address,
    because: `destination '${second.props.name}' in subaccount '${second.props.subaccount.name}' is declared twice (first by '${first.user}')`,
    remedy: 'give one of them another name: CTMS and SAP Cloud SDK need different token service URLs',
    at: manifest.locate(['technicalUsers', index, 'destinations']),
  };
}
