import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { toMany } from '../acting.ts';
import { accepted, json, noContent, type RouteOf } from '../asked.ts';
import { changedDomain, newDomain, sharedOrgs } from './bodies.ts';
import {
  createDomain,
  deleteDomain,
  domainOf,
  listDomains,
  reservation,
  shareDomain,
  unshareDomain,
  updateDomain,
} from './domains.ts';
import { domainView, sharedOrgsOf } from './view.ts';

export function domainRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  app.get(
    '/v3/domains',
    route((asked) => json(listDomains(asked, asked.query))),
  );
  app.post(
    '/v3/domains',
    route(async (asked) => json(domainView(asked, createDomain(asked, await asked.body(newDomain))), 201)),
  );
  app.get(
    '/v3/domains/:guid',
    route((asked) => json(domainView(asked, domainOf(asked, asked.param())))),
  );
  app.patch(
    '/v3/domains/:guid',
    route(async (asked) =>
      json(domainView(asked, updateDomain(asked, asked.param(), await asked.body(changedDomain)))),
    ),
  );
  app.delete(
    '/v3/domains/:guid',
    route((asked) => accepted(deleteDomain(asked, asked.param()))),
  );
  app.get(
    '/v3/domains/:guid/route_reservations',
    route((asked) => json(reservation(asked, asked.param(), asked.query))),
  );
  app.get(
    '/v3/domains/:guid/relationships/shared_organizations',
    route((asked) => json({ ...toMany(sharedOrgsOf(asked, domainOf(asked, asked.param()))) })),
  );
  app.post(
    '/v3/domains/:guid/relationships/shared_organizations',
    route(async (asked) => json(shareDomain(asked, asked.param(), await asked.body(sharedOrgs)))),
  );
  app.delete(
    '/v3/domains/:guid/relationships/shared_organizations/:org',
    route((asked) => {
      unshareDomain(asked, asked.param(), asked.param('org'));
      return noContent();
    }),
  );
}
