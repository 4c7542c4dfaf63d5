import { z } from 'zod';
import { seedId } from '../../../../emulation/seed-id.ts';
import { NO_METADATA } from '../../../protocols/cf-v3/emulator/metadata.ts';
import { DEFAULT_STACK } from './apps/lifecycle.ts';
import { newProcess } from './apps/new-process.ts';
import type { CfApp } from './rows/apps.ts';
import type { Row } from './rows/row.ts';
import type { CloudControllerStore } from './store.ts';

/** An app in the seed of an org: with a droplet, and a route in the landscape's domain. */
export const seededApp = z.strictObject({
  name: z.string(),
  /** Name of the space. */
  space: z.string(),
  started: z.boolean().default(true),
  /** Host of its route. @default its name */
  host: z.string().optional(),
});

/** Plants an app; GUIDs follow from names. */
export function plantApp(
  store: CloudControllerStore,
  seed: z.infer<typeof seededApp>,
  place: Pick<Row, 'landscape' | 'createdAt' | 'updatedAt'> & { readonly space: string },
): void {
  const guid = seedId('cf/app', place.space, seed.name);
  const lifecycle = { type: 'buildpack', buildpacks: [], stack: DEFAULT_STACK };
  const droplet = seedId('cf/droplet', guid);
  const app: CfApp = {
    ...place,
    guid,
    name: seed.name,
    started: seed.started,
    lifecycle,
    environment: {},
    features: ['ssh', 'revisions'],
    droplet,
    metadata: NO_METADATA,
  };
  const { landscape, createdAt, updatedAt } = place;
  const row = { landscape, createdAt, updatedAt };
  store.apps.set(guid, app);
  store.processes.set(guid, newProcess(app));
  store.droplets.set(droplet, {
    ...row,
    guid: droplet,
    app: guid,
    lifecycle,
    image: null,
    checksum: null,
    metadata: NO_METADATA,
  });
  const route = seedId('cf/route', guid);
  const destination = { app: guid, process: 'web', port: 8080, weight: null, protocol: 'http1' };
  store.routes.set(route, {
    ...row,
    guid: route,
    space: place.space,
    domain: seedId('cf/domain', landscape),
    host: seed.host ?? seed.name,
    path: '',
    port: null,
    destinations: [{ guid: seedId('cf/destination', guid), ...destination }],
    options: {},
    sharedSpaces: [],
    metadata: NO_METADATA,
  });
}
