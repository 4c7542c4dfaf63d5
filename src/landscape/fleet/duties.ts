import type { Kind, Robot, StageOf } from './layout.ts';

/** Rights of a robot in one stage of its product. */
export interface Duty {
  readonly at: StageOf;
  readonly roleCollections: readonly string[];
  readonly orgRoles: readonly string[];
  readonly spaceRoles: readonly string[];
}

const DUTIES: Readonly<
  Record<Kind, Omit<Duty, 'at'> & { readonly stages: readonly StageOf['stage'][]; readonly purpose: string }>
> = {
  deploy: {
    stages: ['dev', 'test', 'prod'],
    purpose: 'Imports transports',
    roleCollections: [],
    orgRoles: [],
    spaceRoles: ['space_developer'],
  },
  pipeline: {
    stages: ['dev', 'test'],
    purpose: 'Deploys from the CI/CD pipeline',
    roleCollections: ['Subaccount Viewer'],
    orgRoles: [],
    spaceRoles: ['space_developer'],
  },
  monitor: {
    stages: ['dev', 'test', 'prod'],
    purpose: 'Watches applications and their health',
    roleCollections: ['Subaccount Viewer'],
    orgRoles: ['organization_auditor'],
    spaceRoles: ['space_auditor'],
  },
  operate: {
    stages: ['test', 'prod'],
    purpose: 'Restarts applications at night',
    roleCollections: [],
    orgRoles: [],
    spaceRoles: ['space_supporter'],
  },
};

export function dutiesOf({ kind, product }: Robot): readonly Duty[] {
  const { stages, purpose: _purpose, ...rights } = DUTIES[kind];
  const held = product.stages.filter(({ stage }) => stages.includes(stage));
  // The last product may have its first stage only.
  return (held.length > 0 ? held : product.stages).map((at) => ({ at, ...rights }));
}

export function purposeOf({ kind, product }: Robot): string {
  return `${DUTIES[kind].purpose} of ${product.name}`;
}

export function ownerOf({ product }: Robot): string {
  return `${product.name.split('-')[0]}-team@fleet.example`;
}
