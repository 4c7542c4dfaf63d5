import { NO_METADATA } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import type { Acting } from '../acting.ts';
import type { CfApp, CfProcess } from '../rows/apps.ts';

/** The web process that every app has; its GUID is the app's. */
export function newProcess(app: CfApp): CfProcess {
  return {
    guid: app.guid,
    landscape: app.landscape,
    createdAt: app.createdAt,
    updatedAt: app.updatedAt,
    app: app.guid,
    type: 'web',
    command: null,
    instances: 1,
    memory: 1024,
    disk: 1024,
    logRate: -1,
    healthCheck: { type: 'port' },
    readinessHealthCheck: { type: 'process' },
    metadata: NO_METADATA,
  };
}

/** A process of another type than web: it has no instances until somebody scales it (cloud_controller_ng, ProcessCreate). */
export function idleProcess({ ctx }: Pick<Acting, 'ctx'>, app: CfApp, type: string): CfProcess {
  const now = ctx.now();
  return {
    ...newProcess(app),
    guid: ctx.id(),
    createdAt: now,
    updatedAt: now,
    type,
    instances: 0,
    healthCheck: { type: 'process' },
  };
}
