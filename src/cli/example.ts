import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, '../../examples/acme');

/** The manifest of the tour. */
export const EXAMPLE_MANIFEST = path.join(FOLDER, 'locum.yaml');

/** What the landscape of the tour starts with. */
export const EXAMPLE_SEED = path.join(FOLDER, 'landscape.yaml');

/** How somebody gets into a landscape, for the hints that the commands give. */
export interface Access {
  readonly manifest: string;
  readonly globalAccount: string;
  readonly admin: string;
  readonly passwordVariable: string;
  readonly destinationKeyVariable: string;
  /** A technical user, and where it works. */
  readonly user: string;
  readonly target: string;
}

export const EXAMPLE: Access = {
  manifest: EXAMPLE_MANIFEST,
  globalAccount: 'acme',
  admin: 'platform-admin@acme.example',
  passwordVariable: 'ACME_ADMIN_PASSWORD',
  destinationKeyVariable: 'ACME_DEV_DESTINATION_KEY',
  user: 'pipeline',
  target: 'dev',
};
