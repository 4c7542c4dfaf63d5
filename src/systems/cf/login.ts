import type { LoginOutcome } from '../../kernel/doctor/logins.ts';
import { ConfigError } from '../../kernel/errors.ts';
import type { SystemContext, Token } from '../../kernel/system.ts';
import { discover, type Landscape } from '../protocols/cf-v3/client.ts';
import { logIn } from '../protocols/cf-v3/login.ts';
import type { CfIdentity } from './props.ts';

/** A technical user at a landscape. */
export interface Login extends CfIdentity {
  /** Name of the technical user. */
  readonly user: string;
  readonly api: string;
}

/** What is left of a token when it is fetched anew instead. */
const MARGIN_MS = 60_000;

/** Name in the vault of a technical user's password. */
function vaultName(ctx: Pick<SystemContext, 'manifest'>, user: string): string {
  return `${ctx.manifest.name}/${user}`;
}

/**
 * Logs a technical user in with the password of the vault, exactly as `cf login --origin` does. Accepted logins are
 * shared within an engine, as long as password and token hold: doctor logs in once per landscape and user.
 * @throws ConfigError when the vault has no password
 */
export async function logInUser(
  ctx: SystemContext,
  login: Login,
  options: { /** Don't take a token that is there already. @default false */ readonly fresh?: boolean } = {},
): Promise<{ readonly landscape: Landscape; readonly outcome: LoginOutcome<Token> }> {
  const kept = await ctx.vault.open(vaultName(ctx, login.user), 'current');
  if (!kept) {
    throw new ConfigError('ERR_CONFIG_SECRET', `the vault has no password of ${login.user}`, {
      remedy: 'run `locum apply`: it sets a password and keeps it',
    });
  }
  const landscape = await discover(ctx, login.api);
  const tokens = await ctx.memo('cf/tokens', async () => new Map<string, Promise<Token | undefined>>());
  const key = `${login.api}\n${login.user}\n${kept.version.version}`;
  const known = options.fresh ? undefined : await tokens.get(key);
  if (known && known.expiresAt - ctx.now() > MARGIN_MS) {
    return { landscape, outcome: { status: 'accepted', value: known } };
  }
  const attempt = ctx.logins.attempt(login.user, () =>
    logIn(landscape, ctx.now, { userName: login.email, password: kept.secret, originKey: login.originKey }),
  );
  // Whoever asks meanwhile waits for this login instead of making its own.
  tokens.set(
    key,
    attempt.then(
      (outcome) => (outcome.status === 'accepted' ? outcome.value : undefined),
      () => undefined,
    ),
  );
  return { landscape, outcome: await attempt };
}
