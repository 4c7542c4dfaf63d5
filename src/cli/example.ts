import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, '../../examples/acme');

/** The manifest of the tour. */
export const EXAMPLE_MANIFEST = path.join(FOLDER, 'locum.yaml');

/** What the landscape of the tour starts with. */
export const EXAMPLE_SEED = path.join(FOLDER, 'landscape.yaml');

/** How the people of the example log in, for the hints that the tour gives. */
export const EXAMPLE = {
  globalAccount: 'acme',
  admin: 'platform-admin@acme.example',
  passwordVariable: 'ACME_ADMIN_PASSWORD',
  destinationKeyVariable: 'ACME_DEV_DESTINATION_KEY',
  user: 'pipeline',
  target: 'dev',
} as const;
