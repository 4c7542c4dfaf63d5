export { crewOf } from './crew.ts';
export { accessOf, parseFleetSize } from './layout.ts';
export { fleetManifest } from './manifest.ts';
export { fleetSeed } from './seed.ts';
