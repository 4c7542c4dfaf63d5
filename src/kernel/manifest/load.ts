import path from 'node:path';
import type { z } from 'zod';
import { ManifestError, type ManifestProblem, type Position } from '../errors.ts';
import type { Section } from '../system.ts';
import { includedSchema, manifestJsonSchema, manifestSchema } from './grammar.ts';
import { nearest } from './nearest.ts';
import { problemsOf } from './problems.ts';
import { readSource, type Source } from './source.ts';
import { twinNames } from './twin-names.ts';
import type { DeclaredCredential, Manifest, TechnicalUser } from './types.ts';

/** Reads a file's text; throws when there is none. */
export type ReadText = (file: string) => Promise<string>;

type Written = z.infer<ReturnType<typeof manifestSchema>>;

interface PlacedUser {
  readonly user: Written['technicalUsers'][number];
  readonly source: Source;
  readonly index: number;
}

/** Most files that a manifest may include. */
const MAX_INCLUDES = 200;

/**
 * Reads a manifest and the files it includes.
 * @throws ManifestError with every problem of all files
 */
export async function loadManifest(file: string, read: ReadText, sections: readonly Section[]): Promise<Manifest> {
  const grammar = manifestJsonSchema(sections);
  const problems: ManifestProblem[] = [];

  async function open(name: string, from?: Position): Promise<Source | undefined> {
    let text: string;
    try {
      text = await read(name);
    } catch (cause) {
      const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
      const at = from ?? { file: name, line: 1, column: 1 };
      problems.push({
        at,
        because: `can't read ${name} (${reason})`,
        remedy: 'give the path of a manifest, or run `locum init`',
      });
      return undefined;
    }
    const source = readSource(name, text);
    problems.push(...source.problems);
    return source.problems.length > 0 ? undefined : source;
  }

  const main = await open(file);
  if (!main) throw new ManifestError(problems);
  const parsed = manifestSchema(sections).safeParse(main.data, { reportInput: true });
  if (!parsed.success) problems.push(...problemsOf(parsed.error.issues, main, grammar));

  const written = parsed.data;
  const placed: PlacedUser[] = (written?.technicalUsers ?? []).map((user, index) => ({ user, source: main, index }));
  const includes = written?.include ?? includesOf(main.data);
  for (const [index, included] of includes.slice(0, MAX_INCLUDES).entries()) {
    const source = await open(path.join(path.dirname(file), included), main.locate(['include', index]));
    if (!source) continue;
    const inner = includedSchema(sections).safeParse(source.data, { reportInput: true });
    if (inner.success) placed.push(...inner.data.technicalUsers.map((user, at) => ({ user, source, index: at })));
    else problems.push(...problemsOf(inner.error.issues, source, grammar));
  }
  if (includes.length > MAX_INCLUDES) {
    problems.push({
      at: main.locate(['include']),
      because: `more than ${MAX_INCLUDES} included files`,
      remedy: 'merge some of them',
    });
  }
  const declared = written ? placed.flatMap((one) => resolved(one, written)) : [];
  if (written) {
    problems.push(...duplicates(declared), ...takenNames(declared, written, main));
    problems.push(...unknownProviders(placed, written));
  }
  if (!written || problems.length > 0) throw new ManifestError(inPlaceOrder(problems));

  return {
    name: written.name,
    globalAccount: written.globalAccount,
    identityProviders: written.identityProviders,
    connections: written.connections,
    technicalUsers: declared.map(({ user }) => user),
    credentials: written.credentials.map(
      ({ rotation, ...credential }): DeclaredCredential => ({
        ...credential,
        ...(rotation ? { rotation: { everyMs: rotation.every } } : {}),
      }),
    ),
    folder: path.dirname(file),
    locate(at) {
      const owner = at[0] === 'technicalUsers' && typeof at[1] === 'number' ? declared[at[1]]?.placed : undefined;
      return owner ? owner.source.locate(['technicalUsers', owner.index, ...at.slice(2)]) : main.locate(at);
    },
  };
}

/** The files in the order of their first problem, each from top to bottom. */
function inPlaceOrder(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  const files = [...new Set(problems.map((problem) => problem.at.file))];
  const order = (a: Position, b: Position) =>
    files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column;
  return problems.toSorted((a, b) => order(a.at, b.at));
}

/** A user of the manifest and where it is declared; twins are declared at one place. */
interface DeclaredUser {
  readonly user: TechnicalUser;
  readonly placed: PlacedUser;
}

/** Defaults that depend on other keys, and the two users of `twins: true`. */
function resolved(placed: PlacedUser, written: Written): readonly DeclaredUser[] {
  const { identityProvider, email, twins, rotation, ...rest } = placed.user;
  const user = {
    ...rest,
    ...(rotation ? { rotation: { everyMs: rotation.every } } : {}),
    identityProvider: identityProvider ?? written.identityProviders[0]?.name ?? '',
    email: (email ?? defaultEmail(rest.name)).toLowerCase(),
  } as TechnicalUser;
  return (twins ? twinsOf(user) : [user]).map((one) => ({ user: one, placed }));
}

/** `<name>-a` and `<name>-b`, in their e-mails too. */
function twinsOf(user: TechnicalUser): readonly TechnicalUser[] {
  const { name, email } = user;
  const [a, b] = twinNames(name);
  return [
    { ...user, name: a, email: email.replace('@', '-a@'), twin: { of: name, other: b, first: true } },
    { ...user, name: b, email: email.replace('@', '-b@'), twin: { of: name, other: a, first: false } },
  ];
}

/** The includes of a file whose grammar is broken elsewhere: their problems are shown too. */
function includesOf(data: unknown): string[] {
  const include = typeof data === 'object' && data !== null && 'include' in data ? data.include : [];
  return Array.isArray(include) ? include.filter((entry) => typeof entry === 'string') : [];
}

function duplicates(declared: readonly DeclaredUser[]): ManifestProblem[] {
  const seen = new Map<string, Position>();
  return declared.flatMap(({ user, placed: { source, index } }) => {
    const at = source.locate(['technicalUsers', index, 'name']);
    const first = seen.get(user.name.toLowerCase());
    if (!first) {
      seen.set(user.name.toLowerCase(), at);
      return [];
    }
    return [
      {
        at,
        because: `'${user.name}' is declared already at ${first.file}:${first.line}`,
        remedy: 'give each technical user its own name',
      },
    ];
  });
}

/** Credentials share the names of technical users: both are names in the vault. */
function takenNames(declared: readonly DeclaredUser[], { credentials }: Written, main: Source): ManifestProblem[] {
  const taken = new Set(declared.map(({ user }) => user.name.toLowerCase()));
  return credentials.flatMap(({ name }, index) => {
    const known = taken.has(name.toLowerCase());
    taken.add(name.toLowerCase());
    if (!known) return [];
    const at = main.locate(['credentials', index, 'name']);
    return [{ at, because: `'${name}' is declared already`, remedy: 'give each credential its own name' }];
  });
}

function unknownProviders(placed: readonly PlacedUser[], written: Written): ManifestProblem[] {
  const known = written.identityProviders.map((provider) => provider.name);
  return placed.flatMap(({ user, source, index }) => {
    const at = source.locate(['technicalUsers', index, 'identityProvider']);
    if (user.identityProvider === undefined) {
      if (known.length === 1) return [];
      return [
        {
          at,
          because: `'${user.name}' names no identity provider`,
          remedy: `add identityProvider: one of ${known.join(', ')}`,
        },
      ];
    }
    if (known.includes(user.identityProvider)) return [];
    const guess = nearest(user.identityProvider, known);
    const remedy = guess === undefined ? `one of: ${known.join(', ')}` : `did you mean '${guess}'?`;
    return [{ at, because: `no identity provider '${user.identityProvider}'`, remedy }];
  });
}

/** The e-mail of a technical user that says none: nobody reads it, and nobody else has it. */
export function defaultEmail(name: string): string {
  return `${name.toLowerCase()}@sap-test.de`;
}
