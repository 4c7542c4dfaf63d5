import type { Section } from '../../kernel/system.ts';
import { btpConnection } from '../protocols/btp-cli/connection.ts';

/** The login that reads the account model; it declares nothing of its own. */
export const accountsSection: Section = {
  connections: { btp: btpConnection },
  expand: () => ({ resources: [], findings: [] }),
};
