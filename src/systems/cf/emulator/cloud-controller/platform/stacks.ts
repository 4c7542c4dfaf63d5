import { badQuery, notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, head, inLandscape, link, type Shape } from '../acting.ts';
import { list } from '../listing.ts';
import type { CfBuildpack, CfStack } from '../rows/platform.ts';

export function listStacks(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/stacks',
    rules: {
      filters: ['names', 'default', 'label_selector'],
      choices: { default: ['true', 'false'] },
      orders: ['name'],
      refuse: badQuery,
    },
    rows: acting.store.stacks.by('landscape', acting.caller.landscape),
    where: {
      names: (stack, has) => has(stack.name),
      default: (stack, has) => has(String(stack.default)),
    },
    show: (stack) => stackView(acting, stack),
  });
}

export function stackOf(acting: Acting, guid: string): CfStack {
  const stack = inLandscape(acting, acting.store.stacks.get(guid));
  if (!stack) throw notFound('Stack');
  return stack;
}

export function stackView(acting: Acting, stack: CfStack): Shape {
  return {
    ...head(stack),
    name: stack.name,
    description: stack.description,
    run_rootfs_image: stack.runImage,
    build_rootfs_image: stack.buildImage,
    default: stack.default,
    metadata: stack.metadata,
    links: { self: link(acting, `/v3/stacks/${stack.guid}`) },
  };
}

/** In order of their position, which is how staging tries them. */
export function listBuildpacks(acting: Acting, params: URLSearchParams): Shape {
  const all = acting.store.buildpacks.by('landscape', acting.caller.landscape);
  return list(acting, params, {
    path: '/v3/buildpacks',
    rules: {
      filters: ['stacks', 'names', 'page', 'per_page', 'label_selector'],
      orders: ['position'],
      refuse: badQuery,
    },
    rows: [...all].sort((a, b) => a.position - b.position),
    where: {
      names: (buildpack, has) => has(buildpack.name),
      stacks: (buildpack, has) => has(buildpack.stack ?? ''),
    },
    sortBy: { position: (buildpack) => buildpack.position },
    show: (buildpack) => buildpackView(acting, buildpack),
  });
}

export function buildpackOf(acting: Acting, guid: string): CfBuildpack {
  const buildpack = inLandscape(acting, acting.store.buildpacks.get(guid));
  if (!buildpack) throw notFound('Buildpack');
  return buildpack;
}

export function buildpackView(acting: Acting, buildpack: CfBuildpack): Shape {
  const self = `/v3/buildpacks/${buildpack.guid}`;
  return {
    ...head(buildpack),
    name: buildpack.name,
    stack: buildpack.stack,
    state: buildpack.state,
    filename: buildpack.filename,
    position: buildpack.position,
    enabled: buildpack.enabled,
    locked: buildpack.locked,
    metadata: buildpack.metadata,
    links: { self: link(acting, self), upload: link(acting, `${self}/upload`, 'POST') },
  };
}
