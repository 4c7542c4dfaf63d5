import type { EmulatorDefinition } from '../../../emulation/emulator.ts';
import { mount } from '../../../emulation/mount.ts';
import { auditRoutes } from './routes.ts';
import { auditHost, auditSeed, plantAudit } from './seed.ts';
import { forgetOld } from './semantics.ts';
import { openAuditStore } from './store.ts';

/** The audit log of every account: services write to it behind the scenes, whoever has a service key reads it. */
export const auditEmulator: EmulatorDefinition = {
  id: 'audit',
  seed: { key: 'audit', schema: auditSeed },
  create(ctx) {
    const store = openAuditStore(ctx);
    ctx.world.provide('audit', {
      record(entry) {
        const id = ctx.id();
        store.records.set(id, { ...entry, id, time: ctx.now() });
      },
    });
    const hosts = () => [
      ...new Set(
        ctx.world
          .use('accounts')
          .zones()
          .map(({ region }) => auditHost(region)),
      ),
    ];
    return {
      mounts: [mount(auditHost('{region}'), hosts, auditRoutes(ctx, store))],
      async seed(part) {
        plantAudit(auditSeed.parse(part), ctx, store);
      },
      async tick() {
        forgetOld(ctx, store);
      },
    };
  },
};
