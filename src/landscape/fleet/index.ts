export { crewOf } from './crew.ts';
export { accessOf, type FleetSize, parseFleetSize } from './layout.ts';
export { fleetManifest } from './manifest.ts';
export { fleetSeed } from './seed.ts';
