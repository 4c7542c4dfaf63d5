import { RemoteError } from '../../kernel/errors.ts';
import type { Inventory } from '../../kernel/inventory.ts';
import { defineSystem, type InventoryRequest, type SystemContext } from '../../kernel/system.ts';
import { btpSession, closeBtpSession } from '../protocols/btp-cli/client.ts';
import { readHierarchy, readOrg } from './client.ts';
import { accountsSection } from './section.ts';

/** The account model: global account, directories, subaccounts and the Cloud Foundry orgs behind them. */
export const accounts = defineSystem({
  id: 'accounts',
  section: accountsSection,
  resources: [],
  checks: [],
  rules: [],
  findings: [],
  inventory: readInventory,
  // The session serves trust and authz too; this slice has the connection.
  close: closeBtpSession,
});

/** One call for the hierarchy and one for each subaccount that the manifest points at. */
async function readInventory({ wanted, skip }: InventoryRequest, ctx: SystemContext): Promise<Inventory> {
  const session = await btpSession(ctx);
  const inventory = await readHierarchy(session);
  const subaccounts = await Promise.all(
    inventory.subaccounts.map(async (subaccount) => {
      if (!wanted(subaccount, inventory.directories)) return subaccount;
      try {
        const org = await readOrg(session, subaccount.guid);
        return org ? { ...subaccount, org } : subaccount;
      } catch (error) {
        if (!skip || !(error instanceof RemoteError)) throw error;
        skip(`environments of subaccount ${subaccount.name}`, error);
        return subaccount;
      }
    }),
  );
  return { ...inventory, subaccounts };
}
