import type { Engine } from '../../engine/engine.ts';
import { createMemoryStore } from '../../store/index.ts';
import type { EngineRequest, Parts } from '../parts/parts.ts';
import { doctorReport, emptyPlan, plan } from './fixtures.ts';

const unexpected = (call: string) => async () => {
  throw new Error(`the test does not expect ${call}`);
};

/** An engine that answers with fixtures. */
export function fixtureEngine(answers: Partial<Engine> = {}): Engine {
  return {
    plan: async () => plan,
    apply: async ({ confirm }) => {
      const confirmed = confirm ? await confirm(plan) : true;
      if (!confirmed) return { plan, remaining: plan, confirmed };
      return {
        plan,
        run: {
          run: 'r-1',
          steps: plan.steps.map(({ address, action }) => ({ address, action, result: 'done' as const })),
        },
        remaining: emptyPlan,
        confirmed,
      };
    },
    doctor: async () => doctorReport,
    lint: async () => [],
    rotate: unexpected('rotate'),
    previewRotations: unexpected('previewRotations'),
    unlock: unexpected('unlock'),
    due: unexpected('due'),
    uses: unexpected('uses'),
    planOffboard: unexpected('planOffboard'),
    offboard: unexpected('offboard'),
    freeze: unexpected('freeze'),
    thaw: unexpected('thaw'),
    surveyMigration: unexpected('surveyMigration'),
    migrate: unexpected('migrate'),
    finishMigration: unexpected('finishMigration'),
    token: unexpected('token'),
    session: unexpected('session'),
    ...answers,
  };
}

/** Parts around an engine; what a test needs beyond it, it hands in. */
export function fakeParts(engine: Engine = fixtureEngine(), more: Partial<Parts> = {}) {
  const requests: EngineRequest[] = [];
  const store = {
    ...createMemoryStore(),
    rotateMasterKey: async () => undefined,
    verify: unexpected('verify'),
    move: unexpected('move'),
    backup: unexpected('backup'),
  };
  const parts: Parts = {
    ask: { confirm: async () => false, secret: async () => undefined },
    now: () => Date.UTC(2026, 10, 21),
    runChild: async () => 0,
    async openEngine(request) {
      requests.push(request);
      return { engine, async [Symbol.asyncDispose]() {} };
    },
    openStore: async () => store,
    restoreStore: unexpected('restoreStore'),
    verifyBackup: unexpected('verifyBackup'),
    openLandscape: async () => {
      throw new Error('the test has no landscape');
    },
    findLandscape: async () => undefined,
    ...more,
  };
  return { parts: async () => parts, requests, store };
}
