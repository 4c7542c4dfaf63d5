import { APPS } from './apps.ts';
import { PLACES } from './places.ts';
import type { Plants } from './plant.ts';
import { SERVICES } from './services.ts';

export const PLANTS: Plants = { ...PLACES, ...APPS, ...SERVICES };
