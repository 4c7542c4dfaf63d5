import { badQuery, notFound } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, head, inLandscape, link, type Shape } from '../acting.ts';
import { list } from '../listing.ts';
import type { CfStack } from '../rows/platform.ts';

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
