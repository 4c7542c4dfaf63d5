import { z } from 'zod';
import type { CfDeployment } from '../rows/apps.ts';
import type { CloudControllerStore } from '../store.ts';

/** A deployment as landscapes kept it before apps had revisions, when none replaced a process. */
const older = z.looseObject({
  state: z.undefined().optional(),
  waits: z.boolean().default(false),
  ended: z.enum(['CANCELED', 'DEPLOYED']).optional(),
});

/** Gives deployments of an older landscape the shape of today: what waited for a word still does, all others are over. */
export function renewDeployments({ deployments, processes }: Pick<CloudControllerStore, 'deployments' | 'processes'>) {
  for (const kept of [...deployments.values()]) {
    const { success, data } = older.safeParse(kept);
    if (!success) continue;
    const { waits, ended, state: _, ...rest } = data;
    const web = processes.by('app', kept.app).find(({ type }) => type === 'web');
    const renewed: CfDeployment = {
      ...kept,
      ...rest,
      strategy: kept.strategy === 'canary' ? 'canary' : 'rolling',
      sizes: {},
      step: 1,
      instances: web?.instances ?? 1,
      state: ended ?? (waits ? 'PAUSED' : 'DEPLOYED'),
    };
    deployments.set(kept.guid, renewed);
  }
}
