import type { EmulatorContext, EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import type { CloudFoundryPort } from '../../../emulation/world.ts';
import { renewDeployments } from './cloud-controller/apps/older-deployments.ts';
import { forgetOldEvents } from './cloud-controller/events.ts';
import { environmentBroker } from './cloud-controller/organizations/environment.ts';
import { cloudControllerRoutes } from './cloud-controller/routes.ts';
import { type CloudControllerStore, openCloudControllerStore } from './cloud-controller/store.ts';
import { hostOf, type Landscapes, openLandscapes } from './landscapes.ts';
import { logCacheRoutes } from './log-cache.ts';
import { cfSeed, plant } from './seed.ts';
import { forgetExpired } from './uaa/expiry.ts';
import { uaaRoutes } from './uaa/routes.ts';
import { createUaa, type Uaa } from './uaa/services.ts';
import { openUaaStore, type UaaStore } from './uaa/store.ts';

/** Cloud Foundry landscapes: UAA and Cloud Controller, as SAP BTP runs them. */
export const cfEmulator: EmulatorDefinition = {
  id: 'cf',
  seed: { key: 'cf', schema: cfSeed },
  create(ctx) {
    const landscapes = openLandscapes(ctx.state);
    const uaa = openUaaStore(ctx.state);
    const cloudController = openCloudControllerStore(ctx.state);
    renewDeployments(cloudController);
    const uaaOf = uaaByLandscape(ctx, uaa, landscapes);
    const hosts = (service: string) => () => [...landscapes.keys()].map((name) => hostOf(service, name));
    const login = uaaRoutes(uaaOf);
    const parts = { ctx, store: cloudController, uaa };
    const api = cloudControllerRoutes(parts, landscapes, uaaOf);
    ctx.world.provide('cloudFoundry', {
      ...cloudFoundryPort(landscapes, cloudController, uaa),
      ...environmentBroker(parts),
    });
    return {
      mounts: [
        mount(hostOf('api', '{landscape}'), hosts('api'), api),
        mount(hostOf('log-cache', '{landscape}'), hosts('log-cache'), logCacheRoutes(ctx, cloudController, uaaOf)),
        mount(hostOf('login', '{landscape}'), hosts('login'), login),
        mount(hostOf('uaa', '{landscape}'), hosts('uaa'), login),
      ],
      seed: (part) => plant(cfSeed.parse(part), ctx, { landscapes, uaa, cloudController }),
      async tick() {
        forgetExpired(uaa, ctx);
        forgetOldEvents(cloudController, ctx.now());
      },
    };
  },
};

/** One UAA object per landscape; it holds caches only. */
function uaaByLandscape(ctx: EmulatorContext, store: UaaStore, landscapes: Landscapes): (name: string) => Uaa {
  const made = new Map<string, Uaa>();
  return (name) => {
    const known = made.get(name) ?? createUaa(ctx, store, landscapes, name);
    made.set(name, known);
    return known;
  };
}

function cloudFoundryPort(landscapes: Landscapes, store: CloudControllerStore, uaa: UaaStore): CloudFoundryPort {
  return {
    landscapes: () => [...landscapes.values()],
    spaceGuid(landscape, orgName, spaceName) {
      const org = store.orgsOf(landscape).find((known) => known.name === orgName);
      return org && store.spacesOf(org.guid).find((known) => known.name === spaceName)?.guid;
    },
    org(subaccount) {
      const org = store.orgs.by('subaccount', subaccount)[0];
      return org && { guid: org.guid, name: org.name, landscape: org.landscape };
    },
    usersWithRole(subaccount) {
      const guids = new Set<string>();
      const orgs = store.orgs.by('subaccount', subaccount);
      for (const org of orgs) {
        for (const role of store.rolesInOrg(org.guid)) guids.add(role.user);
        for (const space of store.spacesOf(org.guid)) {
          for (const role of store.rolesInSpace(space.guid)) guids.add(role.user);
        }
      }
      return [...guids].flatMap((guid) => {
        const user = uaa.user(orgs[0]?.landscape ?? '', guid);
        return user ? [{ userName: user.userName, originKey: user.origin }] : [];
      });
    },
  };
}
