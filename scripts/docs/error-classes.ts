import {
  ConfigError,
  type ErrorCode,
  InvariantError,
  type LocumError,
  ManifestError,
  PlanError,
  PolicyError,
  RemoteError,
  RunError,
} from '../../src/kernel/errors.ts';

interface ErrorClass {
  readonly name: string;
  /** What whoever meets it does. */
  readonly reaction: string;
  readonly prefixes: readonly string[];
  /** An instance, for the exit code. */
  example(code: ErrorCode): LocumError;
}

/** One class per reaction. */
export const ERROR_CLASSES: readonly ErrorClass[] = [
  {
    name: 'ManifestError',
    reaction: 'mend the file',
    prefixes: ['ERR_MANIFEST'],
    example: () => new ManifestError([]),
  },
  {
    name: 'ConfigError',
    reaction: "mend Locum's own set-up",
    prefixes: ['ERR_CONFIG', 'ERR_STORE_CORRUPT', 'ERR_VAULT', 'ERR_LANDSCAPE'],
    example: (code) => new ConfigError(code, ''),
  },
  {
    name: 'RemoteError',
    reaction: 'look at the service',
    prefixes: ['ERR_REMOTE'],
    example: (code) => new RemoteError(code, { system: '', operation: '' }),
  },
  {
    name: 'PlanError',
    reaction: 'make a new plan',
    prefixes: ['ERR_PLAN'],
    example: (code) => new PlanError(code, ''),
  },
  {
    name: 'RunError',
    reaction: 'apply again',
    prefixes: ['ERR_RUN', 'ERR_STORE_LOCKED'],
    example: (code) => new RunError(code, ''),
  },
  {
    name: 'PolicyError',
    reaction: 'mend what the finding says',
    prefixes: ['ERR_POLICY'],
    example: (code) => new PolicyError(code, ''),
  },
  {
    name: 'InvariantError',
    reaction: 'report a bug',
    prefixes: ['ERR_INVARIANT'],
    example: () => new InvariantError(''),
  },
];

/** The class of a code, by its beginning. */
export function classOf(code: string): ErrorClass {
  const found = ERROR_CLASSES.find(({ prefixes }) => prefixes.some((prefix) => code.startsWith(prefix)));
  if (!found) throw new Error(`no error class for ${code}: add its beginning to scripts/docs/error-classes.ts`);
  return found;
}
