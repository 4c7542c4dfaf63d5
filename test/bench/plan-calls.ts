import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openAcme } from '../fixtures/acme.ts';
import { type FleetSize, fleetManifest, fleetSeed } from '../fixtures/fleet.ts';
import type { Bench, Figure } from './measure.ts';

const SIZES: readonly FleetSize[] = [5, 50].flatMap((subaccounts) =>
  [10, 100, 1000].map((technicalUsers) => ({ subaccounts, technicalUsers })),
);

/** Sizes that are small enough to be made for real, each right through the production protocols. */
const MADE: readonly FleetSize[] = [
  { subaccounts: 5, technicalUsers: 10 },
  { subaccounts: 5, technicalUsers: 40 },
  { subaccounts: 20, technicalUsers: 10 },
];

/**
 * What a plan may cost: a handful of calls for logins, trust and discovery, a look-up of 16 or more users each at IAS and UAA, and for each
 * subaccount its org and its role collections; roles come 5,000 a page.
 */
function allowance({ subaccounts, technicalUsers }: FleetSize): number {
  return 25 + Math.ceil(technicalUsers / 16) + 2 * subaccounts;
}

async function withFleet<T>(
  size: FleetSize,
  work: (fleet: { calls(): number; acme: Awaited<ReturnType<typeof openAcme>>; manifest: string }) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'locum-bench-'));
  const manifest = path.join(folder, 'locum.yaml');
  try {
    await writeFile(manifest, fleetManifest(size));
    await using acme = await openAcme({ seed: fleetSeed(size) });
    return await work({ acme, manifest, calls: () => acme.calls.splice(0).length });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const title = ({ subaccounts, technicalUsers }: FleetSize) => `${technicalUsers} users × ${subaccounts} subaccounts`;

export const planCalls: Bench = {
  name: 'plan-calls',
  about: 'API calls of a plan: they grow with scopes and pages, not with users × scopes',
  async *run(): AsyncIterable<Figure> {
    for (const size of SIZES) {
      const calls = await withFleet(size, async (fleet) => {
        await fleet.acme.engine({ manifest: fleet.manifest }).plan();
        return fleet.calls();
      });
      yield {
        name: `plan of ${title(size)}`,
        value: calls,
        unit: 'calls',
        reference: allowance(size),
        promised: true,
        against: 'allowance by scopes and pages',
      };
    }
  },
};

export const replanCalls: Bench = {
  name: 'replan-calls',
  about: 'API calls of an empty plan, after everything was made',
  async *run(): AsyncIterable<Figure> {
    for (const size of MADE) {
      const figures = await withFleet(size, async (fleet): Promise<Figure[]> => {
        const applied = await fleet.acme.engine({ manifest: fleet.manifest }).apply({ why: 'bench' });
        const mutations = applied.run?.steps.length ?? 0;
        const applyCalls = fleet.calls();
        const plan = await fleet.acme.engine({ manifest: fleet.manifest }).plan();
        if (plan.steps.length > 0) throw new Error(`${plan.steps.length} steps are left after an apply`);
        return [
          {
            name: `empty re-plan of ${title(size)}`,
            value: fleet.calls(),
            unit: 'calls',
            reference: allowance(size),
            promised: true,
            against: 'allowance by scopes and pages',
          },
          {
            name: `calls per step of an apply of ${title(size)}`,
            value: Number((applyCalls / mutations).toFixed(2)),
            unit: 'calls/step',
          },
        ];
      });
      yield* figures;
    }
  },
};
