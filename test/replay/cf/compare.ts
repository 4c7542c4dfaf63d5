import { GUID } from './recorded.ts';

/** Ids of the recording and those of the emulator, in both directions. */
export interface Ids {
  /** The emulator's id for a recorded one. */
  get(recorded: string): string | undefined;
  /** Whether a recorded id may still stand for any new one. */
  isOpen(recorded: string): boolean;
  bind(recorded: string, emulated: string): void;
}

export interface Comparison {
  /** Collection of the API that the path names, e.g. `routes`. */
  readonly collection: string;
  readonly ids: Ids;
  /** Turns host names of the recording into the emulator's. */
  readonly translate: (text: string) => string;
  /** Whether times may differ, because the emulator made or changed something in the answer. */
  readonly ownTimes: boolean;
  /** When it was recorded, in milliseconds. */
  readonly recordedAt: number;
}

/**
 * Keys that other versions of the Cloud Controller have or had, or that come of neighbours, by the collection that the path names: recordings are of 2024
 * to 2026, the emulator is 3.188. Their presence says nothing.
 */
const OF_OTHER_VERSIONS: readonly (readonly [collection: RegExp, key: RegExp])[] = [
  [/^(routes|apps)$/, /\.destinations\[\d+\]\.(created_at|updated_at)$/],
  [/^(routes|apps)$/, /(^|\])\.options$|\.routes\[\d+\]\.options$/],
  [/^apps$/, /\.applications\[\d+\]\.features$/],
  [/^spaces$/, /^(\.resources\[\d+\])?\.suspended$/],
  [/./, /^\.included\.spaces\[\d+\]\.suspended$/],
  // The key of XSUAA is in credentials where XSUAA runs: not beside the Cloud Controller alone.
  [/^service_credential_bindings$/, /^\.credentials\.verificationkey$/],
  [/^stacks$/, /\.(state|state_reason)$/],
  [/^(processes|apps)$/, /(^|\])\.(version|user)$|\.links\.process_instances$/],
];

/** Keys that the service has shown since a day, and our emulator shows: recordings from before can't have them. */
const SINCE: readonly (readonly [collection: RegExp, key: RegExp, day: string])[] = [
  [/^apps$/, /\.relationships\.current_droplet$|\.links\.clear_buildpack_cache$/, '2024-12-03'],
  [/^apps$/, /\.applications\[\d+\]\.lifecycle$/, '2024-10-28'],
  [/^buildpacks$/, /(^|\])\.lifecycle$/, '2026-04-02'],
  [/^service_instances$/, /^\.links$/, '2025-10-15'],
  [/^service_credential_bindings$/, /^\.credentials\.token-type$/, '2026-02-20'],
];

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Where an answer is not the recorded one: `.resources[0].name: "a", not "b"`. */
export function differences(actual: unknown, expected: unknown, how: Comparison, at = ''): readonly string[] {
  // Who recorded is not who replays, what was uploaded is not the same, and each landscape has its versions of buildpacks.
  if (/\.created_by$|\.checksum\.value$|\.buildpacks\[\d+\]\.version$/.test(at))
    return typeof actual === typeof expected ? [] : [`${at}: ${shown(actual)}`];
  if (how.ownTimes && /^\.credentials\./.test(at))
    return typeof actual === typeof expected ? [] : [`${at}: ${typeof actual}`];
  if (typeof expected === 'string' && typeof actual === 'string') return textDifferences(actual, expected, how, at);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (isUnordered(expected, at) && isUnordered(actual, at)) return unorderedDifferences(actual, expected, how, at);
    if (expected.length !== actual.length) return [`${at}: ${actual.length} elements, not ${expected.length}`];
    return expected.flatMap((element, index) => differences(actual[index], element, how, `${at}[${index}]`));
  }
  if (isObject(expected) && isObject(actual)) {
    const other = (key: string) =>
      OF_OTHER_VERSIONS.some(([of, pattern]) => of.test(how.collection) && pattern.test(`${at}.${key}`));
    const later = (key: string) =>
      SINCE.some(
        ([of, pattern, day]) =>
          of.test(how.collection) && pattern.test(`${at}.${key}`) && how.recordedAt < Date.parse(day),
      );
    const missing = Object.keys(expected).filter((key) => !Object.hasOwn(actual, key) && !other(key));
    const extra = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key) && !other(key) && !later(key));
    const both = Object.keys(expected).filter((key) => Object.hasOwn(actual, key));
    return [
      ...missing.map((key) => `${at}.${key}: missing`),
      ...extra.map((key) => `${at}.${key}: not recorded`),
      ...both.flatMap((key) => differences(actual[key], expected[key], how, `${at}.${key}`)),
    ];
  }
  return Object.is(actual, expected) ? [] : [`${at}: ${shown(actual)}, not ${shown(expected)}`];
}

/** Relationships to many come in the order of the database, destinations in that of their ids: neither says anything. */
function isUnordered(list: readonly unknown[], at: string): boolean {
  if (/\.destinations$/.test(at)) return true;
  return list.length > 1 && list.every((one) => isObject(one) && Object.keys(one).join() === 'guid');
}

function unorderedDifferences(
  actual: readonly unknown[],
  expected: readonly unknown[],
  how: Comparison,
  at: string,
): readonly string[] {
  if (expected.length !== actual.length) return [`${at}: ${actual.length} elements, not ${expected.length}`];
  // Destinations of one app differ in their port or process, relationships in their guid.
  const key = (one: unknown, known: (text: string) => string) => {
    if (!isObject(one) || !isObject(one.app)) return known(isObject(one) ? String(one.guid) : '');
    return JSON.stringify([known(String(one.app.guid)), one.app.process, one.port, one.protocol, one.weight]);
  };
  const known = (text: string) => how.ids.get(text) ?? text;
  const sorted = (list: readonly unknown[], by: (text: string) => string) =>
    [...list].sort((a, b) => (key(a, by) < key(b, by) ? -1 : 1));
  const [ours, theirs] = [sorted(actual, (text) => text), sorted(expected, known)];
  return theirs.flatMap((element, index) => differences(ours[index], element, how, `${at}[${index}]`));
}

function textDifferences(actual: string, expected: string, how: Comparison, at: string): readonly string[] {
  if (actual === expected) return [];
  if (how.ownTimes && TIME.test(actual) && TIME.test(expected)) return [];
  const wanted = how.translate(expected);
  const [guids, ours] = [wanted.match(GUID) ?? [], actual.match(GUID) ?? []];
  // What stands around the ids must be the same; then the ids are learned or compared one by one.
  if (guids.length === ours.length && wanted.replace(GUID, '') === actual.replace(GUID, '')) {
    const wrong = guids.some((guid, index) => {
      const mine = ours[index] ?? '';
      const known = how.ids.get(guid);
      if (known !== undefined) return known !== mine;
      if (guid === mine) return false;
      if (!how.ids.isOpen(guid)) return true;
      how.ids.bind(guid, mine);
      return false;
    });
    if (!wrong) return [];
  }
  return [`${at}: ${shown(actual)}, not ${shown(wanted)}`];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
