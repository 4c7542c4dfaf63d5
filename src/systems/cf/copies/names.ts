import type { Vault } from '../../../kernel/ports.ts';
import { unlessLost } from '../../../kernel/vault/lost.ts';

/** What tells that a text is somebody's. */
export interface Traces {
  readonly email?: string;
  /** Login name at the identity provider. */
  readonly login?: string;
  /** Texts of the secret. They stay in memory, and go nowhere. */
  readonly secrets?: readonly string[];
}

/** Shorter texts occur by chance. */
const LEAST_SECRET = 8;

/**
 * Whether what an app finds around it names a user, or holds its secret: the e-mail or the secret anywhere in a text, or a
 * text that is the login name. Case does not matter for names.
 */
export function tracesIn(content: unknown, traces: Traces): 'name' | 'secret' | undefined {
  if (typeof content === 'string') {
    const text = content.toLowerCase();
    const email = traces.email?.toLowerCase();
    if (text === traces.login?.toLowerCase() || (email !== undefined && text.includes(email))) return 'name';
    return traces.secrets?.some((secret) => content.includes(secret)) ? 'secret' : undefined;
  }
  if (typeof content !== 'object' || content === null) return undefined;
  const found = Object.values(content).map((value) => tracesIn(value, traces));
  return found.includes('name') ? 'name' : found.find((one) => one !== undefined);
}

/** The secrets of a vault name that may be valid; of a service key (JSON) what is secret in it. What is lost can't be looked for. */
export async function secretsOf(vaultName: string, vault: Vault): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { version, state } of await vault.history(vaultName)) {
    if (state === 'retired') continue;
    const opened = await unlessLost(vault.openVersion(vaultName, version));
    if (opened) texts.push(...secretTexts(opened.secret.reveal()));
  }
  return texts.filter((text) => text.length >= LEAST_SECRET);
}

function secretTexts(text: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [text];
  }
  return typeof value === 'object' && value !== null ? leaves(value) : [text];
}

/** Keys of service keys whose values are secrets: `clientsecret`, `password`, `key`. */
function leaves(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (typeof inner === 'object' && inner !== null) return leaves(inner);
    return typeof inner === 'string' && /secret|password|^key$/i.test(name) ? [inner] : [];
  });
}
