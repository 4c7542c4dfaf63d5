import type { JsonObject } from '../../kernel/json.ts';
import { blockYaml } from './block-yaml.ts';
import { crewOf, deployName, type Member } from './crew.ts';
import { ownerOf, purposeOf } from './duties.ts';
import { FLEET, FLEET_CREDENTIALS, type FleetSize } from './layout.ts';

/** A manifest that fits the landscape of this size: what should be, where the landscape has mistakes. */
export function fleetManifest(size: FleetSize): string {
  const { admin, clientId, clientSecret, destinations } = FLEET_CREDENTIALS;
  const heading = `# Made by \`locum up --fleet ${size.subaccounts}x${size.technicalUsers}\`, anew each time: copy it before you change it.\n`;
  const manifest = {
    locum: 1,
    name: FLEET.name,
    globalAccount: FLEET.name,
    connections: {
      btp: { user: FLEET.admin, password: `env:${admin}` },
      cf: { user: FLEET.admin, password: `env:${admin}`, origin: 'sap.ids' },
      ias: { [FLEET.tenant]: { clientId: `env:${clientId}`, clientSecret: `env:${clientSecret}` } },
      destination: { [FLEET.transports]: `env:${destinations}` },
    },
    identityProviders: [
      {
        name: FLEET.tenant,
        host: `${FLEET.tenant}.accounts.ondemand.com`,
        originKey: FLEET.originKey,
        trust: 'expect',
      },
    ],
    technicalUsers: crewOf(size).map(declared),
  };
  return `${heading}${blockYaml(manifest)}`;
}

function declared(robot: Member): JsonObject {
  const entry = {
    name: robot.name,
    ...(robot.email === `${robot.name}@sap-test.de` ? {} : { email: robot.email }),
    owner: ownerOf(robot),
    purpose: purposeOf(robot),
    grants: robot.duties.map(({ at, roleCollections, orgRoles, spaceRoles }) => ({
      subaccounts: at.subaccount,
      ...(roleCollections.length === 0 ? {} : { roleCollections }),
      cf: {
        ...(orgRoles.length === 0 ? {} : { orgRoles }),
        spaces: [{ names: [FLEET.space], roles: spaceRoles }],
      },
    })),
    ...(robot.kind === 'deploy'
      ? {
          destinations: robot.duties.map(({ at }) => ({
            name: deployName(robot, at.stage),
            preset: 'ctms-deploy',
            in: FLEET.transports,
            target: { subaccount: at.subaccount, space: FLEET.space },
          })),
        }
      : {}),
  };
  return robot.mistake?.declared?.(entry) ?? entry;
}
