export type { LandscapeClock } from './clock.ts';
export { environmentOf } from './environment.ts';
export type { Fault, FaultEffect, FaultRule, FaultRuleInput } from './faults.ts';
export type { Addresses, ListenOptions } from './fronts.ts';
export { createLandscape, type Faults, type Landscape, type LandscapeOptions } from './landscape.ts';
export { createMemoryPersistence, type Persistence, type StoredDocument } from './persistence.ts';
export type { LoggedRequest, RequestLog } from './request-log.ts';
export { findLandscape, type RunningLandscape } from './running.ts';
export { readSeedFile, type Seed } from './seed.ts';
