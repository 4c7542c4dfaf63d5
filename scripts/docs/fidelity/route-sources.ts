import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EmulatedRoute, Place } from './routes.ts';

/** How sure a behaviour is, by where it is known from. */
export type SourceKind = 'recording' | 'doc' | 'source code' | 'assumed' | 'ours';

export interface RouteSources {
  readonly kinds: ReadonlySet<SourceKind>;
  /** What the comments name, e.g. `ias 67f720d`, `RFC 7009`. */
  readonly names: readonly string[];
  /** File in which the route is registered. */
  readonly file: string | undefined;
}

/** What comments name as source, by kind; the first group is the name, if one is worth showing. */
const SIGNS: readonly (readonly [SourceKind, RegExp])[] = [
  ['recording', /(?<!\b(?:never|not) )\brecord(?:ed|ings?)\b|\bcassettes?\b/gi],
  ['doc', /\b((?:ias|btp|ctms?|is|cicd|bpg|credential-store)[ :][0-9a-f]{6,8})\b/g],
  ['doc', /\b(RFC \d{4}|OpenID Connect [A-Z]\w+|(?:swagger|OpenAPI)(?: \d[\d.]*\d)?)/g],
  ['doc', /\b(?:documented|documentation|docs|notes|SAP's help)\b/gi],
  ['source code', /\b(UAA [A-Z]\w+|cloud_controller_ng|multiapps-[\w-]+|crossplane-provider-\w+)/g],
  ['source code', /(@sap\/xssec|\bjenkins-library\b|\bterraform-provider-[\w-]+)/g],
  ['source code', /\bsource code\b|\bfrom its source\b|\b(?:UAA|Cloud Controller)\b/g],
  ['assumed', /\bassumed\b/gi],
  ['ours', /\bours, not SAP's\b/gi],
];

/**
 * What the emulator says about the sources of a route: beside its registration, in its handler, then at the functions that the
 * handler calls, and at last at the head of what it stands in.
 */
export function sourcesOf(route: EmulatedRoute): RouteSources {
  const ofCommand = commandPlaces(route);
  const places = ofCommand ?? route.places;
  const [place, ...callers] = places;
  const handler = ofCommand ? '' : route.handler;
  const folder = place && emulatorFolderOf(place.file);
  const around = place ? commentsAround(place) : [];
  const beside = (ofCommand ? places : places.slice(0, 1)).map(commentAbove);
  // What a route has in common with others, as a command with those of its object, is said at the head of them.
  for (const text of ofCommand ? [[...beside, ...around]] : [beside, around]) {
    const own = signsIn(text.join('\n'));
    if (own.kinds.size > 0) return { ...own, file: place?.file };
  }
  const texts = [
    () => [commentsIn(handler)],
    ...Array.from({ length: 3 }, (_, depth) => () => (place ? commentsOfCalled(place, handler, depth) : [])),
    () => callers.flatMap(commentsAround),
    () => callers.map(commentAbove),
    () => (folder ? mentionsOf(folder, route.path) : []),
  ];
  for (const text of texts) {
    const found = signsIn(text().join('\n'));
    // That a part of something was recorded says nothing of a route: that is said beside it, or shown by a test.
    const kinds = new Set([...found.kinds].filter((kind) => kind !== 'recording'));
    if (kinds.size > 0) return { kinds, names: found.names, file: place?.file };
  }
  return { kinds: new Set(), names: [], file: place?.file };
}

/** Actions of commands stand in tables of the slices, and have one handler for all. */
function commandPlaces({ path: route, places }: EmulatedRoute): readonly Place[] | undefined {
  const [, object, action] = /^\/command\/:version\/(.+)\?([\w-]+)$/.exec(route) ?? [];
  const slice = places.at(-1);
  if (object === undefined || action === undefined || !slice) return undefined;
  for (const file of filesIn(emulatorFolderOf(slice.file))) {
    const lines = linesOf(file);
    const head = lines.findIndex((line) => line.includes(`'${object}':`));
    if (head < 0) continue;
    const at = lines.findIndex((line, index) => index >= head && new RegExp(`\\b'?${action}'?[:(,]`).test(line));
    if (at < 0) continue;
    const [, owner = '', name = action] =
      new RegExp(`\\b'?${action}'?: (?:\\w+\\()*(\\w+)\\.(\\w+)`).exec(lines[at] ?? '') ?? [];
    return [methodPlace(emulatorFolderOf(file), owner, name), { file, line: at + 1 }].filter(
      (one) => one !== undefined,
    );
  }
  return undefined;
}

/** Where an object of this name has its method: `brokers.update` stands in `createBrokerSemantics`, or in the only file that has such a method. */
function methodPlace(folder: string, owner: string, name: string): Place | undefined {
  const method = new RegExp(`^ +(?:async )?${name}[(<:]`);
  const whole = owner.toLowerCase();
  const single = whole.replace(/ies$/, 'y').replace(/s$/, '');
  const found = filesIn(folder).flatMap((file) => {
    const lines = linesOf(file);
    const factory = lines.findIndex((line) => {
      const [, made = ''] = /^export function create(\w*)Semantics\b/.exec(line) ?? [];
      return [whole, single].some((one) => one !== '' && made.toLowerCase().endsWith(one));
    });
    const at = lines.findIndex((line, index) => index > factory && method.test(line));
    return at < 0 ? [] : [{ file, line: at + 1, own: factory >= 0 }];
  });
  return found.find(({ own }) => own) ?? (found.length === 1 ? found[0] : undefined);
}

function signsIn(text: string): Pick<RouteSources, 'kinds' | 'names'> {
  const kinds = new Set<SourceKind>();
  const names = new Set<string>();
  for (const [kind, sign] of SIGNS) {
    for (const [, name] of text.matchAll(sign)) {
      kinds.add(kind);
      if (name !== undefined) names.add(name.replace(/^([a-z-]+):/, '$1 '));
    }
  }
  return { kinds, names: [...names] };
}

const texts = new Map<string, readonly string[]>();

function linesOf(file: string): readonly string[] {
  const known = texts.get(file) ?? readFileSync(file, 'utf8').split('\n');
  texts.set(file, known);
  return known;
}

const COMMENT = /^\s*(?:\/\/|\/\*|\*)/;

/** The comments right above a line and in what is indented below it. */
function commentAbove({ file, line }: Place): string {
  const lines = linesOf(file);
  const depth = indentOf(lines[line - 1]);
  const end = lines.findIndex((text, index) => index >= line && text.trim() !== '' && indentOf(text) <= depth);
  const below = lines[line - 1]?.endsWith('{') ? commentsIn(lines.slice(line, end < 0 ? line : end).join('\n')) : '';
  return `${onlyAbove({ file, line })}\n${below}`;
}

function onlyAbove({ file, line }: Place): string {
  const lines = linesOf(file);
  let from = line - 1;
  while (from > 0 && COMMENT.test(lines[from - 1] ?? '')) from -= 1;
  return lines.slice(from, line - 1).join('\n');
}

/** Comments above the functions in which a line stands. */
function commentsAround({ file, line }: Place): readonly string[] {
  const lines = linesOf(file);
  const found: string[] = [];
  let depth = indentOf(lines[line - 1]);
  for (let at = line - 1; at > 0 && depth > 0; at--) {
    const text = lines[at - 1] ?? '';
    if (text.trim() === '' || indentOf(text) >= depth) continue;
    depth = indentOf(text);
    // The head of a function can take several lines; its comment stands above the first.
    let head = at;
    while (/^\s*\)/.test(lines[head - 1] ?? '') && head > 1) head = lineAbove(lines, head, depth);
    found.push(onlyAbove({ file, line: head }));
  }
  return found;
}

/** The next line above that is not indented more. */
function lineAbove(lines: readonly string[], line: number, depth: number): number {
  let at = line - 1;
  while (at > 1 && (lines[at - 1]?.trim() === '' || indentOf(lines[at - 1]) > depth)) at -= 1;
  return at;
}

function indentOf(line: string | undefined): number {
  return /^\s*/.exec(line ?? '')?.[0].length ?? 0;
}

function commentsIn(code: string): string {
  return code
    .split('\n')
    .filter((line) => /\/\/|\/\*|^\s*\*/.test(line))
    .join('\n');
}

/** Comments of the functions that are called where a route is registered; with `depth`, of those that they call. */
function commentsOfCalled(place: Place, handler: string, depth: number): readonly string[] {
  const files = [place.file, ...filesIn(emulatorFolderOf(place.file))];
  const statement = linesOf(place.file)
    .slice(place.line - 1, place.line + 2)
    .join('\n');
  let called = definitions(files, `${statement}\n${handler}`);
  for (let level = 0; level < depth; level++) called = called.flatMap(({ code }) => definitions(files, code));
  return called.map(({ comments }) => comments);
}

interface Definition {
  readonly code: string;
  /** Above and inside of it. */
  readonly comments: string;
}

/** The functions that a code names, as far as they are defined in these files. */
function definitions(files: readonly string[], code: string): readonly Definition[] {
  const names = new Set([...code.matchAll(/\b([a-z]\w{3,})\b(?=\(|\)|,)/g)].map(([, name = '']) => name));
  return [...names].flatMap((name) => definitionOf(files, name) ?? []);
}

const defined = new Map<string, Definition | undefined>();

function definitionOf(files: readonly string[], name: string): Definition | undefined {
  const key = `${files[0]} ${name}`;
  if (!defined.has(key)) defined.set(key, findDefinition(files, name));
  return defined.get(key);
}

function findDefinition(files: readonly string[], name: string): Definition | undefined {
  for (const [index, file] of files.entries()) {
    const lines = linesOf(file);
    // What is defined inside of another function counts in the route's own file only.
    const indent = index === 0 ? ' *' : '';
    const head = new RegExp(`^${indent}(?:export )?(?:async )?(?:function ${name}\\b|const ${name} =)`);
    const at = lines.findIndex((line) => head.test(line));
    if (at < 0) continue;
    const depth = indentOf(lines[at]);
    const end = lines.findIndex(
      (line, below) => below > at && line.trim() !== '' && indentOf(line) <= depth && !/^ *[)\]}]/.test(line),
    );
    const code = lines.slice(at, end < 0 ? undefined : end).join('\n');
    return { code, comments: `${onlyAbove({ file, line: at + 1 })}\n${commentsIn(code)}` };
  }
  return undefined;
}

/** Comments of an emulator that name the path of a route. */
function mentionsOf(folder: string, route: string): readonly string[] {
  if (route.length < 4) return [];
  return filesIn(folder).flatMap((file) => linesOf(file).filter((line) => COMMENT.test(line) && line.includes(route)));
}

function emulatorFolderOf(file: string): string {
  return file.includes('/emulator/') ? `${file.split('/emulator/')[0]}/emulator` : path.dirname(file);
}

const folders = new Map<string, readonly string[]>();

function filesIn(folder: string): readonly string[] {
  const known =
    folders.get(folder) ??
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing'))
      .map((file) => path.join(folder, file))
      .sort();
  folders.set(folder, known);
  return known;
}
