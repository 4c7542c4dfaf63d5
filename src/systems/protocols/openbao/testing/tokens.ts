import { randomBytes } from 'node:crypto';
import { answer, enveloped } from './answers.ts';
import type { Policy, TokenSetup } from './setup.ts';

/** What a login has given out. */
export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly namespace: string;
  /** Path of the login, e.g. `auth/approle/login`. */
  readonly path: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Seconds; 0: it has no end. */
  readonly ttl: number;
  readonly issued: number;
  until: number;
  readonly entity: string;
}

const random = () => randomBytes(18).toString('base64url').replace(/[-_]/g, 'x');

/** Tokens of the whole server (openbao.org/api-docs/auth/token). */
export function createTokens(root: string) {
  const tokens = new Map<string, Token>();
  tokens.set(root, {
    id: root,
    accessor: random(),
    namespace: '',
    path: 'auth/token/root',
    displayName: 'root',
    policies: ['root'],
    metadata: null,
    ttl: 0,
    issued: 0,
    until: Number.POSITIVE_INFINITY,
    entity: '',
  });
  return {
    /** Undefined: unknown, ended or revoked; all three are told alike. */
    of(id: string | null, now: number): Token | undefined {
      const token = id === null ? undefined : tokens.get(id);
      return token && now < token.until ? token : undefined;
    },
    revoke: (id: string): boolean => tokens.delete(id),
    issue(
      given: Pick<Token, 'namespace' | 'path' | 'displayName' | 'metadata'>,
      { policies, ttl }: TokenSetup,
      now: number,
    ): Response {
      const token: Token = {
        ...given,
        id: `s.${random()}`,
        accessor: random(),
        policies: ['default', ...policies].sort(),
        ttl,
        issued: now,
        until: now + ttl * 1000,
        displayName: given.namespace === '' ? given.displayName : `${given.namespace}-auth-${given.displayName}`,
        entity: `${crypto.randomUUID()}${given.namespace === '' ? '' : '.AbCdEf'}`,
      };
      tokens.set(token.id, token);
      return granted(token);
    },
    renew(token: Token, now: number): Response {
      token.until = now + token.ttl * 1000;
      return granted(token);
    },
  };
}

function granted(token: Token): Response {
  const auth = {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.metadata,
    lease_duration: token.ttl,
    renewable: true,
    entity_id: token.entity,
    token_type: 'service',
    orphan: true,
    mfa_requirement: null,
    num_uses: 0,
  };
  return answer(200, enveloped({ auth }));
}

/** What a token may know of itself. */
export function told(token: Token, now: number): Readonly<Record<string, unknown>> {
  const ends = Number.isFinite(token.until);
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.issued / 1000),
    creation_ttl: token.ttl,
    display_name: token.displayName,
    entity_id: token.entity,
    expire_time: ends ? new Date(token.until).toISOString() : null,
    explicit_max_ttl: 0,
    id: token.id,
    ...(ends ? { issue_time: new Date(token.issued).toISOString(), renewable: true } : {}),
    meta: token.metadata,
    ...(token.namespace === '' ? {} : { namespace_path: `${token.namespace}/` }),
    num_uses: 0,
    orphan: true,
    path: token.path,
    policies: token.policies,
    ttl: ends ? Math.floor((token.until - now) / 1000) : 0,
    type: 'service',
  };
}

/** Of the policy that every token has (openbao.org/docs/concepts/policies, *Default policy*), what of it is asked here. */
const DEFAULT_POLICY: Policy = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/capabilities-self': ['update'],
};

/**
 * What policies allow at a path, sorted; `deny` when it is nothing. The rule that is nearest to the path decides, and the rights of
 * all policies with that rule add up.
 */
export function capabilitiesAt(
  path: string,
  names: readonly string[],
  policies: Readonly<Record<string, Policy>>,
): readonly string[] {
  if (names.includes('root')) return ['root'];
  const rules = names.flatMap((name) =>
    Object.entries(name === 'default' ? DEFAULT_POLICY : (policies[name] ?? {})).filter(([rule]) => fits(rule, path)),
  );
  const [nearest] = rules.map(([rule]) => rule).sort((a, b) => rank(b) - rank(a));
  const capabilities = new Set(rules.filter(([rule]) => rule === nearest).flatMap(([, list]) => list));
  if (capabilities.size === 0 || capabilities.has('deny')) return ['deny'];
  return [...capabilities].sort();
}

function fits(rule: string, path: string): boolean {
  const escaped = rule.replace(/[.?^${}()|[\]\\]/g, '\\$&').replaceAll('+', '[^/]+');
  return new RegExp(`^${escaped.replace(/\*$/, '.*')}$`).test(path);
}

const rank = (rule: string) => rule.length * 2 + (rule.endsWith('*') ? 0 : 1);
