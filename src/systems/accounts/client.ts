import type { Directory, Inventory, Org, Subaccount } from '../../kernel/inventory.ts';
import type { BtpSession } from '../protocols/btp-cli/client.ts';
import { type DirectoryNode, environmentInstancesResponse, environmentLabels, globalAccountResponse } from './wire.ts';

/** The whole account model in one call: the hierarchy has what the lists have, labels included. */
export async function readHierarchy(session: BtpSession): Promise<Inventory> {
  const answer = await session.read(
    {
      object: 'accounts/global-account',
      action: 'get',
      parameters: { globalAccount: session.globalAccount, showHierarchy: true },
    },
    globalAccountResponse,
  );
  const { guid, subdomain, displayName } = answer;
  const directories: Directory[] = [];
  const subaccounts: Subaccount[] = [];

  function visit(node: Pick<DirectoryNode, 'guid' | 'children' | 'subaccounts'>, above: string | undefined): void {
    for (const row of node.subaccounts ?? []) {
      subaccounts.push({
        guid: row.guid,
        name: row.displayName,
        subdomain: row.subdomain,
        region: row.region,
        ...(above === undefined ? {} : { directory: above }),
        labels: row.labels ?? {},
      });
    }
    for (const row of node.children ?? []) {
      directories.push({
        guid: row.guid,
        name: row.displayName,
        ...(above === undefined ? {} : { parent: above }),
        authorizations: row.directoryFeatures?.includes('AUTHORIZATIONS') ?? false,
      });
      visit(row, row.guid);
    }
  }
  visit(answer, undefined);
  return { globalAccount: { guid, subdomain, displayName }, directories, subaccounts };
}

/** The Cloud Foundry org of a subaccount; its spaces are not known here. */
export async function readOrg(session: BtpSession, subaccount: string): Promise<Org | undefined> {
  const { environmentInstances } = await session.read(
    { object: 'accounts/environment-instance', action: 'list', parameters: { subaccount } },
    environmentInstancesResponse,
  );
  for (const instance of environmentInstances) {
    if (instance.environmentType !== 'cloudfoundry') continue;
    const labels = environmentLabels.safeParse(parsed(instance.labels));
    if (!labels.success) continue;
    return {
      guid: labels.data['Org ID'],
      name: labels.data['Org Name'],
      api: labels.data['API Endpoint'].replace(/\/$/, ''),
      spaces: [],
    };
  }
  return undefined;
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
