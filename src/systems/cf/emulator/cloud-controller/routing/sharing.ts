import type { z } from 'zod';
import { featureDisabled, notAuthorized, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { manyGuids, oneGuid } from '../../../../protocols/cf-v3/emulator/relationships.ts';
import { type Acting, homeOf, inLandscape, link, type Shape, toMany } from '../acting.ts';
import { usableBy } from '../domains/domains.ts';
import { record } from '../events.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfSpace } from '../rows/organizations.ts';
import type { CfRoute } from '../rows/routing.ts';
import { editable, routeOf, targetOf } from './app-routes.ts';
import { urlOf } from './view.ts';

/** Sharing routes is behind the flag `route_sharing`, off by default. */
function requireFlag(acting: Acting): void {
  const sharing = flagOf(acting, 'route_sharing');
  if (!sharing.enabled) throw featureDisabled(sharing.message ?? sharing.name);
}

export function sharedSpacesView(acting: Acting, guid: string): Shape {
  requireFlag(acting);
  return viewOf(acting, routeOf(acting, guid));
}

function viewOf(acting: Acting, route: CfRoute): Shape {
  return {
    ...toMany(route.sharedSpaces),
    links: { self: link(acting, `/v3/routes/${route.guid}/relationships/shared_spaces`) },
  };
}

/** A route that the caller may share. */
export function shareable(acting: Acting, guid: string): CfRoute {
  requireFlag(acting);
  return editable(acting, guid);
}

/** A route that the caller may give away: as Space Developer, where a Supporter may share it only. */
function transferable(acting: Acting, guid: string): CfRoute {
  const route = shareable(acting, guid);
  if (!acting.see.develops(homeOf(acting, route))) throw notAuthorized();
  return route;
}

export function shareRoute(acting: Acting, guid: string, body: z.infer<typeof manyGuids>): Shape {
  const route = shareable(acting, guid);
  const url = urlOf(route, acting.store.domains.get(route.domain));
  const spaces = body.data.map((one) => ({ guid: one.guid, space: visible(acting, one.guid) }));
  const unreadable = spaces.filter(({ space }) => !space).map((one) => `'${one.guid}'`);
  const unwriteable = spaces.filter(({ space }) => space && !acting.see.develops(space)).map((one) => `'${one.guid}'`);
  const complaints = [
    ...(unreadable.length > 0
      ? [
          `Unable to share route ${url} with spaces [${unreadable.join(', ')}]. Ensure the spaces exist and that you have access to them.`,
        ]
      : []),
    ...(unwriteable.length > 0
      ? [
          `Unable to share route ${url} with spaces [${unwriteable.join(', ')}]. Write permission is required in order to share a route with a space and the containing organization must not be suspended.`,
        ]
      : []),
  ];
  if (complaints.length > 0) throw unprocessable(complaints.join('\n'));
  if (spaces.some((one) => one.guid === route.space)) {
    throw unprocessable(
      `Unable to share route '${url}' with space '${route.space}'. Routes cannot be shared into the space where they were created.`,
    );
  }
  const sharedSpaces = [...new Set([...route.sharedSpaces, ...spaces.map((one) => one.guid)])];
  return viewOf(acting, save(acting, { ...route, sharedSpaces }, 'audit.route.share'));
}

export function unshareRoute(acting: Acting, guid: string, spaceGuid: string): void {
  const route = shareable(acting, guid);
  const url = urlOf(route, acting.store.domains.get(route.domain));
  const failed = `Unable to unshare route '${url}' from space '${spaceGuid}'.`;
  const complaint = inaccessible(acting, spaceGuid);
  if (complaint !== undefined) throw unprocessable(`${failed} ${complaint}`);
  if (spaceGuid === route.space) {
    throw unprocessable(`${failed} Routes cannot be removed from the space that owns them.`);
  }
  const sharedSpaces = route.sharedSpaces.filter((other) => other !== spaceGuid);
  save(acting, { ...route, sharedSpaces }, 'audit.route.unshare');
}

/** `PATCH /v3/routes/{guid}/relationships/space`: the space that it leaves keeps a share. */
export function transferRoute(acting: Acting, guid: string, body: z.infer<typeof oneGuid>): void {
  const route = transferable(acting, guid);
  const domain = acting.store.domains.get(route.domain);
  const target = body.data.guid;
  const failed = `Unable to transfer owner of route '${urlOf(route, domain)}' to space '${target}'.`;
  const complaint = inaccessible(acting, target);
  if (complaint !== undefined) throw unprocessable(`${failed} ${complaint}`);
  const org = acting.store.spaces.get(target)?.org ?? '';
  if (domain && !usableBy(domain, org)) {
    throw unprocessable(`${failed} Target space does not have access to route's domain`);
  }
  if (target === route.space) return;
  const sharedSpaces = [...route.sharedSpaces.filter((other) => other !== target), route.space];
  save(acting, { ...route, space: target, sharedSpaces }, 'audit.route.transfer-owner');
}

function visible(acting: Acting, guid: string): CfSpace | undefined {
  const space = inLandscape(acting, acting.store.spaces.get(guid));
  return space && acting.see.seesSpace(space) ? space : undefined;
}

function inaccessible(acting: Acting, guid: string): string | undefined {
  const space = visible(acting, guid);
  if (!space) return 'Ensure the space exists and that you have access to it.';
  if (!acting.see.managesApps(space)) return "You don't have write permission for the target space.";
  const suspended = acting.store.orgs.get(space.org)?.suspended && !acting.caller.admin;
  return suspended ? 'The target organization or space is suspended.' : undefined;
}

function save(acting: Acting, route: CfRoute, event: string): CfRoute {
  acting.store.routes.set(route.guid, route);
  const space = acting.store.spaces.get(route.space);
  record(acting, event, targetOf(route), space ? { space } : {});
  return route;
}
