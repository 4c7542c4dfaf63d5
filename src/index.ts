export {
  type ApplyOptions,
  type ApplyReport,
  createEngine,
  type Engine,
  type EngineEvent,
  type EngineOptions,
} from './engine/engine.ts';
export { createNodeContext } from './engine/node-context.ts';
export type { Context } from './kernel/context.ts';
export type { DoctorReport, UserReport } from './kernel/doctor/doctor.ts';
export {
  ConfigError,
  InvariantError,
  LocumError,
  ManifestError,
  PlanError,
  PolicyError,
  RemoteError,
  RunError,
} from './kernel/errors.ts';
export type { Finding } from './kernel/finding.ts';
export type { Plan, PlanOptions, PlanStep } from './kernel/plan/plan.ts';
export type { Store } from './kernel/ports.ts';
export { Secret } from './kernel/secret.ts';
export type { Hop, SystemDefinition } from './kernel/system.ts';
export { createMemoryStore, openStore, type StoreOptions } from './store/index.ts';
