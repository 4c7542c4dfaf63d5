import { type RecordedCatalogue, recordedCatalogue } from './catalogue.ts';
import { operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import { type Shape, shapeOf } from './shape.ts';

/** A global account, directory or subaccount as an answer shows it. */
export interface AccountNode {
  readonly guid: string;
  readonly displayName: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  readonly subdomain?: string;
  readonly region?: string;
  readonly parentGUID?: string;
  readonly contractStatus?: string;
  readonly directoryFeatures?: readonly string[];
  readonly children?: readonly AccountNode[];
  readonly subaccounts?: readonly AccountNode[];
}

export interface RecordedTrust {
  readonly originKey: string;
  readonly identityProvider: string | null;
  readonly typeOfTrust: string;
  readonly name: string;
  readonly description: string | null;
  readonly originKeyCfuaa: string | null;
  /** Of a subaccount; undefined for those of the global account. */
  readonly subaccount: string | undefined;
}

/** What all recordings of a file together tell of where they were made. */
export interface Survey {
  /** Subdomain of the global account. */
  readonly globalAccount: string;
  /** The account model as the recorded hierarchy with the most subaccounts has it. */
  readonly hierarchy: AccountNode | undefined;
  readonly trusts: readonly RecordedTrust[];
  /** Identity Authentication tenants that are named anywhere. */
  readonly tenants: ReadonlySet<string>;
  /** Cloud Foundry landscapes that are named anywhere: `eu12-001`. */
  readonly landscapes: ReadonlySet<string>;
  /** Service offerings and plans that are shown anywhere. */
  readonly catalogue: RecordedCatalogue;
  /** What answers to such a command look like. */
  readonly shapeFor: (recorded: Recording) => Shape;
}

export function survey(recordings: readonly Recording[]): Survey {
  const answers = recordings.filter(succeeded);
  const answersTo = (operation: string) => answers.filter((one) => operationOf(one) === operation);
  const trusts = recordedTrusts(answers);
  const asked = recordings.flatMap((one) => paramsOf(one).globalAccount ?? one.requestBody.subdomain ?? []);
  const text = JSON.stringify(
    recordings.map(({ requestBody, responseBody }) => [requestBody.paramValues, responseBody]),
  );
  return {
    globalAccount: String(asked[0] ?? 'global-account'),
    hierarchy: answersTo('accounts/global-account?get')
      .filter((one) => paramsOf(one).showHierarchy === 'true')
      .map((one) => one.responseBody as AccountNode)
      .sort((a, b) => (a.subaccounts?.length ?? 0) - (b.subaccounts?.length ?? 0))
      .at(-1),
    trusts,
    tenants: new Set([
      ...trusts.flatMap(({ identityProvider }) => identityProvider ?? []),
      ...answersTo('security/trust?create').flatMap((one) => paramsOf(one).iasTenantUrl ?? []),
      ...answers
        .filter((one) => one.command === 'security/available-idp')
        .flatMap((one) => [one.responseBody].flat() as readonly { readonly host?: string }[])
        .flatMap(({ host }) => host ?? []),
    ]),
    landscapes: new Set([...text.matchAll(/landscapeLabel\\*":\\*"cf-([\w-]+)/g)].map(([, name]) => name ?? '')),
    catalogue: recordedCatalogue(recordings),
    shapeFor: shapesOf(answers),
  };
}

type TrustBody = Omit<RecordedTrust, 'subaccount'>;

/** Trusts that were there before: listed and read ones, and those that users, mappings and assignments take for granted. */
function recordedTrusts(answers: readonly Recording[]): readonly RecordedTrust[] {
  const established = answers
    .filter((one) => operationOf(one) === 'security/trust?create')
    .map((one) => `${one.cassette} ${paramsOf(one).subaccount}`);
  const inSequence = (one: Recording) => established.includes(`${one.cassette} ${paramsOf(one).subaccount}`);
  const bodies = (operation: string, usable: (one: Recording) => boolean) =>
    answers
      .filter((one) => operationOf(one) === operation && usable(one))
      .flatMap((one) =>
        ([one.responseBody].flat() as readonly TrustBody[]).map((body) => ({
          ...body,
          subaccount: paramsOf(one).subaccount,
        })),
      );
  const shown = [
    ...bodies('security/trust?list', () => true),
    // What a sequence has established itself was not there before.
    ...bodies('security/trust?get', (one) => !inSequence(one)),
  ];
  const used = answers
    .filter((one) => /^security\/(user|role-collection)$/.test(one.command ?? ''))
    .flatMap((one) => {
      const { origin, subaccount } = paramsOf(one);
      const hosts = [...JSON.stringify(one.responseBody).matchAll(/"samlEntityId":"https:\/\/([^"]+)"/g)];
      return [
        ...(origin === undefined ? [] : [takenForGranted(origin, subaccount, shown)]),
        ...hosts.map(([, host = '']) =>
          takenForGranted(subaccount === undefined ? originOf(host) : 'sap.custom', subaccount, shown, host),
        ),
      ];
    });
  return uniqueTrusts([...shown, ...used.filter(({ originKey }) => !/^(sap\.default|ldap)$/.test(originKey))]);
}

const originOf = (host: string) => `${host.split('.')[0]}-platform`;

/** Platform trusts are the global account's, whichever tenant they are used in. */
function takenForGranted(
  originKey: string,
  subaccount: string | undefined,
  shown: readonly RecordedTrust[],
  host?: string,
): RecordedTrust {
  const platform = originKey.endsWith('-platform');
  const known = shown.find((trust) => trust.originKey === originKey)?.identityProvider ?? undefined;
  return {
    originKey,
    identityProvider: host ?? known ?? `${originKey.replace(/-platform$/, '').replace('.', '-')}.accounts.ondemand.com`,
    typeOfTrust: platform ? 'Platform' : 'Application',
    name: originKey,
    description: null,
    originKeyCfuaa: platform ? originKey : null,
    subaccount: platform ? undefined : subaccount,
  };
}

/** The first that was recorded of each: what it was before it was changed. */
function uniqueTrusts(trusts: readonly RecordedTrust[]): readonly RecordedTrust[] {
  const found = new Map<string, RecordedTrust>();
  for (const trust of trusts) {
    const key = `${trust.subaccount} ${trust.originKey}`;
    if (!found.has(key)) found.set(key, trust);
  }
  return [...found.values()];
}

/** Shapes are those of the exchange itself where it says enough, and of all exchanges of its kind for lists. */
function shapesOf(answers: readonly Recording[]): Survey['shapeFor'] {
  const kindOf = (one: Recording) => `${operationOf(one)} ${Object.keys(paramsOf(one)).join()}`;
  const kinds = Map.groupBy(answers, kindOf);
  const shapes = new Map<string, Shape>();
  return (recorded) => {
    if (recorded.command === null) return shapeOf([recorded.responseBody]);
    const kind = kindOf(recorded);
    const known = shapes.get(kind) ?? shapeOf((kinds.get(kind) ?? [recorded]).map((one) => one.responseBody));
    shapes.set(kind, known);
    return known;
  };
}
