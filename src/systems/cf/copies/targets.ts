import type { Environment, Service } from './grammar.ts';
import type { SpacePlace } from './space-place.ts';

/** A user-provided service instance that holds a copy. */
export type ServiceTarget = Service & SpacePlace;

/** Environment variables of an app that hold a copy. */
export type EnvironmentTarget = Environment & SpacePlace;
