import { operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import type { AccountNode, Survey } from './survey.ts';

/** A directory or subaccount that was there before a sequence. */
export interface Place {
  readonly kind: 'directory' | 'subaccount';
  readonly guid: string;
  /** Display name, unique within its kind. */
  readonly name: string;
  /** GUID of the directory that it is in. */
  readonly parent: string | undefined;
  readonly subdomain: string;
  readonly region: string;
  /** Whether it manages users of its own. */
  readonly authorizations: boolean;
  readonly node: Partial<AccountNode>;
}

/** The account model that a sequence starts from. */
export interface AccountModel {
  readonly guid: string;
  readonly displayName: string;
  readonly description: string | undefined;
  /** Directories come before what is in them. */
  readonly places: ReadonlyMap<string, Place>;
}

const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** What a sequence's own hierarchy, lists and answers show, what other sequences of the file do, and what it takes for granted. */
export function accountModel(cassette: readonly Recording[], known: Survey): AccountModel {
  const made = madeBy(cassette);
  const hierarchies = cassette.filter((one) => operationOf(one) === 'accounts/global-account?get' && succeeded(one));
  const own = hierarchies
    .map((one) => one.responseBody as AccountNode)
    .find(({ children, subaccounts }) => children !== undefined || subaccounts !== undefined);
  const root = own ?? known.hierarchy ?? (hierarchies[0]?.responseBody as AccountNode | undefined);
  const guid = root?.guid ?? globalAccountOf(cassette) ?? NOWHERE;
  const places = new Map<string, Place>();
  const names = new Set<string>();
  const elsewhere = regionIn(cassette) ?? known.hierarchy?.subaccounts?.[0]?.region ?? 'eu10';
  const add = (
    kind: Place['kind'],
    node: Partial<AccountNode> & { readonly guid: string },
    more: Partial<Place> = {},
  ) => {
    if (node.guid === guid || made.has(node.guid) || made.has(node.subdomain ?? '') || places.has(node.guid)) return;
    const wanted = node.displayName ?? node.guid;
    const name = names.has(`${kind} ${wanted}`) ? `${wanted} ${node.guid}` : wanted;
    names.add(`${kind} ${name}`);
    places.set(node.guid, {
      kind,
      guid: node.guid,
      name,
      parent: places.has(node.parentGUID ?? '') ? node.parentGUID : undefined,
      subdomain: node.subdomain ?? node.guid,
      region: node.region ?? elsewhere,
      authorizations: kind === 'subaccount' || (node.directoryFeatures?.includes('AUTHORIZATIONS') ?? false),
      node,
      ...more,
    });
  };
  const addBelow = (node: AccountNode, parent?: string) => {
    const above = { parent: parent !== undefined && places.has(parent) ? parent : undefined };
    for (const row of node.subaccounts ?? []) add('subaccount', row, above);
    for (const child of node.children ?? []) {
      add('directory', child, above);
      addBelow(child, child.guid);
    }
  };
  if (root) addBelow(root);
  // What the sequence itself sees first of an account is truer than what others have seen.
  const seen = new Set<string>();
  const see = (kind: Place['kind'], node: AccountNode) => {
    const place = places.get(node.guid);
    if (place && !seen.has(node.guid) && !made.has(node.guid))
      places.set(node.guid, { ...place, node: { ...place.node, ...node } });
    seen.add(node.guid);
    add(kind, node);
  };
  for (const one of cassette.filter(succeeded)) {
    const operation = operationOf(one);
    const body = one.responseBody as AccountNode & { readonly value?: readonly AccountNode[] };
    if (operation === 'accounts/directory?get') see('directory', body);
    if (operation === 'accounts/subaccount?get') see('subaccount', body);
    // Later lists show what others have made since.
    if (operation === 'accounts/subaccount?list' && one === firstList(cassette)) {
      for (const row of body.value ?? []) see('subaccount', row);
    }
  }
  // Whoever is paired is there, and so is who is refused a pair.
  const taken = cassette.filter((one) => succeeded(one) || one.command === 'disaster-recovery/subaccount-pair');
  for (const one of taken.filter(({ status }) => status === 200)) {
    const { subaccount, subaccountID, withSubaccount, directory, directoryID } = paramsOf(one);
    for (const id of [subaccount, subaccountID, withSubaccount]) if (id) add('subaccount', { guid: id });
    for (const id of [directory, directoryID]) if (id) add('directory', { guid: id }, { authorizations: true });
  }
  return { guid, displayName: root?.displayName ?? known.globalAccount, description: root?.description, places };
}

/** Where a sequence's environments are: `cf-eu12-001` is in `eu12`. */
function regionIn(cassette: readonly Recording[]): string | undefined {
  const labels = cassette.flatMap((one) => paramsOf(one).landscapeLabel ?? []);
  return labels.map((label) => /^cf-([a-z]+\d+)/.exec(label)?.[1]).find((region) => region !== undefined);
}

function firstList(cassette: readonly Recording[]): Recording | undefined {
  return cassette.find((one) => operationOf(one) === 'accounts/subaccount?list' && succeeded(one));
}

/** GUIDs and subdomains of what a sequence makes: it is not there before, also where another sequence has seen it. */
function madeBy(cassette: readonly Recording[]): ReadonlySet<string> {
  const creates = cassette.filter((one) => /^accounts\/(subaccount|directory)\?create$/.test(operationOf(one)));
  return new Set(
    creates.flatMap((one) => [
      ...(succeeded(one) ? [(one.responseBody as AccountNode).guid] : []),
      ...[paramsOf(one).subdomain ?? []].flat(),
    ]),
  );
}

function globalAccountOf(cassette: readonly Recording[]): string | undefined {
  const text = JSON.stringify(cassette.map(({ responseBody }) => responseBody));
  return /"(?:globalAccountGUID|global_account_id)":"([\w-]+)"/.exec(text)?.[1];
}
