import type { Hono } from 'hono';
import type { HostEnv } from '../../../../../emulation/mount.ts';
import { requireAdmin } from '../acting.ts';
import { accepted, json, type RouteOf } from '../asked.ts';
import { uploadIn } from '../uploads.ts';
import { changedBuildpack, newBuildpack } from './buildpack-bodies.ts';
import { uploadBuildpack } from './buildpack-upload.ts';
import {
  buildpackOf,
  buildpackView,
  createBuildpack,
  deleteBuildpack,
  editableBuildpack,
  listBuildpacks,
  updateBuildpack,
} from './buildpacks.ts';

export function buildpackRoutes(app: Hono<HostEnv>, route: RouteOf): void {
  const one = '/v3/buildpacks/:guid';
  app.get(
    '/v3/buildpacks',
    route((asked) => json(listBuildpacks(asked, asked.query))),
  );
  app.post(
    '/v3/buildpacks',
    route(async (asked) => {
      const body = await asked.body(newBuildpack, () => requireAdmin(asked));
      return json(buildpackView(asked, createBuildpack(asked, body)), 201);
    }),
  );
  app.get(
    one,
    route((asked) => json(buildpackView(asked, buildpackOf(asked, asked.param())))),
  );
  app.patch(
    one,
    route(async (asked) => {
      const body = await asked.body(changedBuildpack, () => editableBuildpack(asked, asked.param()));
      return json(buildpackView(asked, updateBuildpack(asked, asked.param(), body)));
    }),
  );
  app.delete(
    one,
    route((asked) => accepted(deleteBuildpack(asked, asked.param()))),
  );
  app.post(
    `${one}/upload`,
    route(async (asked) => {
      const { buildpack, job } = uploadBuildpack(asked, asked.param(), await uploadIn(asked.c.req.raw));
      const answer = json(buildpackView(asked, buildpack), 202);
      answer.headers.set('location', accepted(job).headers.get('location') ?? '');
      return answer;
    }),
  );
}
