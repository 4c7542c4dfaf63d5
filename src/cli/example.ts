import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, '../../examples/acme');

/** The manifest of the tour. */
export const EXAMPLE_MANIFEST = path.join(FOLDER, 'locum.yaml');

/** What the landscape of the tour starts with. */
export const EXAMPLE_SEED = path.join(FOLDER, 'landscape.yaml');
