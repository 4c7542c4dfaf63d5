import type { Seed } from '../state/seed.ts';
import { crewOf, deployName, type Member, markOf } from './crew.ts';
import { type Duty, ownerOf, purposeOf } from './duties.ts';
import { FLEET, FLEET_CREDENTIALS, type FleetSize, type Product, products } from './layout.ts';
import type { SeededUser } from './mistakes.ts';
import { type Person, peopleOf } from './people.ts';

/**
 * A landscape of many subaccounts and technical users as a company has it before it takes care of them: products with
 * their stages, robots and people, and the mistakes that audits look for. The same for the same size, ids included.
 */
export function fleetSeed(size: FleetSize): Seed {
  const all = products(size);
  const crew = crewOf(size);
  const people = peopleOf(all);
  const at = { globalAccount: FLEET.name, subaccount: FLEET.transports };
  return {
    accounts: { globalAccounts: [account(all)] },
    ias: {
      tenants: [
        {
          id: FLEET.tenant,
          administrators: [
            { name: 'locum', clientId: FLEET_CREDENTIALS.clientId, clientSecret: FLEET_CREDENTIALS.clientSecret },
          ],
          users: crew.flatMap((robot) => seededUser(robot) ?? []),
        },
      ],
      sapId: { users: people.flatMap(({ account: known }) => known ?? []) },
    },
    trust: {
      platform: [
        { globalAccount: FLEET.name, host: `${FLEET.tenant}.accounts.ondemand.com`, originKey: FLEET.originKey },
      ],
    },
    authz: { users: [...administrators(), ...crew.flatMap(assignments), ...people.flatMap(viewers)] },
    cf: { landscapes: landscapesOf(all), orgs: orgs(all, crew, people) },
    destination: {
      serviceKeys: [{ ...at, credential: FLEET_CREDENTIALS.destinations }],
      destinations: crew.flatMap(destinationsOf),
    },
    ctms: {
      subscriptions: [{ ...at, serviceKeyCredential: FLEET_CREDENTIALS.transports, ...transports(crew) }],
    },
  };
}

function account(all: readonly Product[]) {
  return {
    subdomain: FLEET.name,
    displayName: FLEET.name,
    region: 'eu10',
    subaccounts: [
      {
        name: FLEET.transports,
        subdomain: `${FLEET.name}-${FLEET.transports}`,
        region: 'eu10',
        labels: { stage: ['shared'] },
      },
      ...all.flatMap(({ name, stages }) =>
        stages.map(({ subaccount, region, stage }) => ({
          name: subaccount,
          subdomain: subaccount,
          region,
          labels: { stage: [stage], product: [name] },
          usedForProduction: stage === 'prod',
        })),
      ),
    ],
  };
}

function landscapesOf(all: readonly Product[]) {
  const regions = new Map(all.flatMap(({ stages }) => stages.map(({ landscape, region }) => [landscape, region])));
  return [...regions].map(([name, region]) => ({ name, region }));
}

function seededUser(robot: Member): SeededUser | undefined {
  const user: SeededUser = {
    userName: robot.name,
    email: robot.email,
    givenName: 'Technical User',
    familyName: robot.name,
    userType: 'external',
    credential: FLEET_CREDENTIALS.robots,
    past: { setDaysAgo: 90, usedDaysAgo: 1 },
    customAttributes: {
      customAttribute10: `locum:${markOf(robot)}`,
      customAttribute9: ownerOf(robot),
      customAttribute8: purposeOf(robot),
    },
  };
  return robot.mistake?.user ? robot.mistake.user(user) : user;
}

/** Rights as they are: with the mistake, if that is one of them. */
function heldBy({ duties, mistake }: Member): readonly Duty[] {
  return mistake?.rights?.(duties) ?? duties;
}

function administrators() {
  const admin = { globalAccount: FLEET.name, userName: FLEET.admin };
  return [
    { ...admin, in: 'global-account', roleCollections: ['Global Account Administrator'] },
    { ...admin, in: { subaccounts: '*' }, roleCollections: ['Subaccount Administrator'] },
  ];
}

function assignments(robot: Member) {
  return heldBy(robot)
    .filter(({ roleCollections }) => roleCollections.length > 0)
    .map(({ at, roleCollections }) => ({
      globalAccount: FLEET.name,
      in: { subaccounts: [at.subaccount] },
      userName: robot.email,
      originKey: FLEET.originKey,
      roleCollections,
    }));
}

function viewers({ email, subaccounts }: Person) {
  return {
    globalAccount: FLEET.name,
    in: { subaccounts },
    userName: email,
    roleCollections: ['Subaccount Viewer'],
  };
}

function orgs(all: readonly Product[], crew: readonly Member[], people: readonly Person[]) {
  const roles = Map.groupBy([...crew.flatMap(cfRoles), ...people.flatMap(developers)], ({ subaccount }) => subaccount);
  const manager = {
    user: FLEET.admin,
    orgRoles: ['organization_manager'],
    spaceRoles: { [FLEET.space]: ['space_manager'] },
  };
  return all.flatMap(({ stages }) =>
    stages.map(({ subaccount, landscape }) => ({
      name: subaccount,
      subaccount,
      globalAccount: FLEET.name,
      landscape,
      spaces: [FLEET.space],
      roles: [manager, ...(roles.get(subaccount) ?? []).map(({ granted }) => granted)],
    })),
  );
}

function cfRoles(robot: Member) {
  const origin = robot.mistake?.origin ?? FLEET.originKey;
  return heldBy(robot).map(({ at, orgRoles, spaceRoles }) => ({
    subaccount: at.subaccount,
    granted: { user: robot.email, origin, orgRoles, spaceRoles: { [FLEET.space]: spaceRoles } },
  }));
}

function developers({ email, subaccounts }: Person) {
  const granted = { user: email, origin: 'sap.ids', orgRoles: [], spaceRoles: { [FLEET.space]: ['space_developer'] } };
  return subaccounts.map((subaccount) => ({ subaccount, granted }));
}

function destinationsOf(robot: Member) {
  if (robot.kind !== 'deploy') return [];
  return robot.duties.flatMap(({ at }, index) => {
    const domain = `cf.${at.landscape}.hana.ondemand.com`;
    const right = {
      Name: deployName(robot, at.stage),
      Type: 'HTTP',
      ProxyType: 'Internet',
      Authentication: 'OAuth2Password',
      URL: `https://deploy-service.${domain}/slprot/${at.subaccount}/${FLEET.space}/slp`,
      tokenServiceURL: `https://login.${domain}`,
      tokenServiceURLType: 'Dedicated',
      clientId: 'cf',
      User: robot.email,
      origin: FLEET.originKey,
      Description: `${purposeOf(robot)} (technical user ${robot.name}, kept by Locum)`,
      'locum.technicalUser': markOf(robot),
    };
    const wrong = index === 0 ? robot.mistake?.destination : undefined;
    const properties = wrong ? wrong(right) : right;
    if (!properties) return [];
    return {
      globalAccount: FLEET.name,
      subaccount: FLEET.transports,
      properties,
      passwordCredential: index === 0 && robot.mistake?.oldPassword ? FLEET_CREDENTIALS.old : FLEET_CREDENTIALS.robots,
    };
  });
}

/** A chain of nodes for each product that is deployed by transports. */
function transports(crew: readonly Member[]) {
  // Those of a second round share the nodes of the first.
  const byProduct = Map.groupBy(
    crew.filter(({ kind }) => kind === 'deploy'),
    ({ product }) => product.name,
  );
  const deployed = [...byProduct.values()].flatMap((robots) => robots.slice(0, 1));
  return {
    nodes: deployed.flatMap((robot) =>
      robot.duties.map(({ at }) => ({
        name: at.subaccount,
        forwardMode: at.stage === 'prod' ? 'MANUAL' : 'AUTO',
        destination: deployName(robot, at.stage),
      })),
    ),
    routes: deployed.flatMap(({ duties }) =>
      duties.slice(1).map(({ at }, index) => ({ from: duties[index]?.at.subaccount, to: at.subaccount })),
    ),
  };
}
