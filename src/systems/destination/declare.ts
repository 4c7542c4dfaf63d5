import type { Declaration, Use } from '../../kernel/identity.ts';
import type { Inventory, Subaccount } from '../../kernel/inventory.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { landscapeDomain } from './presets.ts';
import type { DestinationProps } from './section.ts';

/** Destinations that lead to the deploy service or to the CF API, as a manifest declares them; any other is by hand. */
export function declare(uses: readonly Use[], { subaccounts }: Inventory): Declaration {
  const destinations: JsonObject[] = [];
  const byHand: { use: Use; because: string }[] = [];
  for (const use of uses.filter(({ type }) => type === 'destination/fragment')) {
    byHand.push({ use, because: 'fragments are not written' });
  }
  for (const use of uses.filter(({ type }) => type === 'destination/destination')) {
    const props = use.props as unknown as DestinationProps & { readonly instance?: string };
    const found = targetOf(props.properties.URL ?? '', subaccounts);
    if (props.instance !== undefined)
      byHand.push({ use, because: 'destinations of service instances are not written' });
    else if (!found) byHand.push({ use, because: 'it leads to something whose convention Locum does not know' });
    else destinations.push({ name: props.name, ...found, in: props.subaccount.name });
  }
  return { grants: [], keys: destinations.length > 0 ? { destinations } : {}, byHand };
}

function targetOf(text: string, subaccounts: readonly Subaccount[]): JsonObject | undefined {
  const url = URL.parse(text);
  if (!url) return undefined;
  for (const { name, org } of subaccounts) {
    if (!org) continue;
    const domain = landscapeDomain(org.api);
    if (url.host === `api.${domain}`) return { preset: 'cf-api', target: { subaccount: name } };
    const [, slprot, inOrg, space, slp] = url.pathname.split('/');
    if (url.host !== `deploy-service.${domain}` || slprot !== 'slprot' || slp !== 'slp' || space === undefined)
      continue;
    if (decoded(inOrg ?? '') !== org.name) continue;
    return { preset: 'ctms-deploy', target: { subaccount: name, space: decoded(space) } };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
