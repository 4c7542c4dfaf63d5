export { findLandscape, type RunningLandscape } from './admin/running.ts';
export type { Addresses, Faults, Landscape, LandscapeOptions, ListenOptions } from './api.ts';
export type { LandscapeClock } from './clock.ts';
export { createLandscape } from './landscape.ts';
export { environmentOf } from './network/environment.ts';
export type { Fault, FaultEffect, FaultRule, FaultRuleInput } from './requests/faults.ts';
export type { LoggedRequest, RequestLog } from './requests/request-log.ts';
export { createMemoryPersistence, type Persistence, type StoredDocument } from './state/persistence.ts';
export { readSeedFile, type Seed } from './state/seed.ts';
