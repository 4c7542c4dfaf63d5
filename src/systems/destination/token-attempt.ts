import type { LoginOutcome } from '../../kernel/doctor/logins.ts';
import { isNews, RemoteError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import type { Resource, Subject, SystemContext } from '../../kernel/system.ts';
import { discover, landscapeName } from '../protocols/cf-v3/client.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import { passwordGrant } from '../protocols/oauth/client.ts';
import { destinationClient, type FoundDestination } from './client.ts';
import type { DestinationObserved } from './destination.ts';
import { flawsOf } from './flaws.ts';
import type { Target } from './presets.ts';
import { type DestinationProps, loginOf } from './section.ts';
import { readTokenFailure } from './token-failure.ts';

/** What came of fetching a token as the consumer of a destination does. */
export type TokenAttempt =
  | { readonly status: 'token'; readonly token: Secret; readonly url: string; readonly how: string }
  | {
      readonly status: 'failed' | 'unknown';
      readonly evidence?: readonly string[];
      readonly code: string;
      readonly because: string;
      readonly remedy: string;
    };

export type DeclaredDestination = Resource<DestinationProps> & {
  readonly props: DestinationProps & { readonly target: Target };
};

/** One attempt per destination and examined subject: the hops of the token and of the consumer share it. */
const attempts = new WeakMap<Subject, Map<string, Promise<TokenAttempt>>>();

/** Fetches the token of a declared destination as its consumer would, once; a login that could only fail is not tried. */
export function attemptToken(
  subject: Subject,
  resource: DeclaredDestination,
  ctx: SystemContext,
): Promise<TokenAttempt> {
  const known = attempts.get(subject) ?? new Map<string, Promise<TokenAttempt>>();
  attempts.set(subject, known);
  const attempt = known.get(resource.address) ?? tryToken(subject, resource, ctx);
  known.set(resource.address, attempt);
  return attempt;
}

async function tryToken(subject: Subject, resource: DeclaredDestination, ctx: SystemContext): Promise<TokenAttempt> {
  const obstacle = whyNotTried(subject, resource);
  if (obstacle) return obstacle;
  try {
    const { name, subaccount, target } = resource.props;
    const found = await (await destinationClient(ctx, subaccount)).find(name, false);
    if (!found) throw gone();
    // Its login would be another one's.
    if (found.instance !== undefined) return hiddenBy(found.instance, name);
    const outcome = await ctx.logins.attempt(subject.user.name, () =>
      target.preset === 'cf-api' ? byFind(resource, ctx) : asCtms(resource, found, ctx),
    );
    if (outcome.status === 'accepted') return { status: 'token', ...outcome.value };
    if (outcome.status === 'refused') return { status: 'failed', ...refusalOf(outcome.reason, subject, resource) };
    return {
      status: 'unknown',
      code: 'DESTINATION_TOKEN_NOT_TRIED',
      ...(outcome.elsewhere
        ? {
            because: `not tried: ${outcome.reason}, and one more could lock the user`,
            remedy: `stop who uses a wrong password, then \`locum unlock ${subject.user.name}\``,
          }
        : {
            because: `not tried: a login of this user was refused before in this run (${outcome.reason})`,
            remedy: 'mend the first refused login above and run `locum doctor` again',
          }),
    };
  } catch (error) {
    if (!isNews(error)) throw error;
    return {
      status: error.code === 'ERR_REMOTE_NOT_FOUND' ? 'failed' : 'unknown',
      code: error.code,
      because: error.message,
      remedy: error.remedy ?? 'mend the cause and run `locum doctor` again',
    };
  }
}

function hiddenBy(instance: string, name: string): TokenAttempt {
  return {
    status: 'unknown',
    code: 'DESTINATION_HIDDEN',
    because: `not tried: service instance ${instance} has a destination '${name}' of its own, which find gives instead`,
    remedy: 'delete or rename the destination of the service instance, or use a service key of another instance',
  };
}

function refusalOf(reason: string, subject: Subject, resource: DeclaredDestination) {
  const { api, originKey } = resource.props.target;
  const refusal = explainRefusal(reason, { user: subject.user.name, originKey, landscape: landscapeName(api) });
  return { ...refusal, evidence: [`the token service said: ${reason}`] };
}

function whyNotTried(subject: Subject, resource: DeclaredDestination): TokenAttempt | undefined {
  const unknown = (because: string, remedy: string): TokenAttempt => ({
    status: 'unknown',
    code: 'DESTINATION_TOKEN_NOT_TRIED',
    because,
    remedy,
  });
  const failure = subject.unobserved(resource.address);
  if (failure !== undefined)
    return unknown(
      `not tried: the destination can't be read (${failure})`,
      'mend the cause and run `locum doctor` again',
    );
  const observed = subject.observed(resource.address) as DestinationObserved | undefined;
  if (!observed) return unknown('not tried: there is no such destination', 'run `locum apply`');
  const doom = flawsOf(observed, resource.props.target, loginOf(resource.props, observed.properties)).find(
    (flaw) => flaw.dooms,
  );
  if (!doom) return;
  return unknown(
    `not tried, because it could only fail and would count towards a lock: ${doom.because}`,
    'run `locum apply`: it writes the destination anew',
  );
}

interface Fetched {
  readonly token: Secret;
  /** URL of the destination. */
  readonly url: string;
  readonly how: string;
}
type Attempted = Exclude<LoginOutcome<Fetched>, { status: 'spared' }>;

/** As an application with SAP Cloud SDK: the Destination service fetches the token. */
async function byFind(resource: DeclaredDestination, ctx: SystemContext): Promise<Attempted> {
  const { name, subaccount } = resource.props;
  const found = await (await destinationClient(ctx, subaccount)).find(name, true);
  if (!found) throw gone();
  const [token] = found.tokens;
  if (!token) {
    throw new RemoteError('ERR_REMOTE_BROKEN', {
      system: 'destination',
      operation: 'find destination',
      status: 200,
      serviceCode: 'no token in the answer',
    });
  }
  if (token.error !== undefined) {
    const failure = readTokenFailure(token.error);
    // A token service that broke has judged no password; anything unreadable is taken for a refusal, for safety's sake.
    if (failure.status === undefined || failure.status < 500) return { status: 'refused', reason: failure.reason };
    throw new RemoteError('ERR_REMOTE_BROKEN', {
      system: 'destination',
      operation: 'fetch token for find',
      status: failure.status,
      retryable: true,
    });
  }
  const how = `GET /v1/destinations/${name} fetched a token by itself`;
  return { status: 'accepted', value: { token: token.value, url: found.stored.properties.URL ?? '', how } };
}

/** As CTMS: it reads the destination and logs in at the token service itself, with the additional property `origin`. */
async function asCtms(resource: DeclaredDestination, found: FoundDestination, ctx: SystemContext): Promise<Attempted> {
  const { properties, secrets } = found.stored;
  const tokenUrl = `${(properties.tokenServiceURL ?? '').replace(/\/$/, '')}/oauth/token`;
  const granted = await passwordGrant((await discover(ctx, resource.props.target.api)).http, ctx.now, {
    tokenUrl,
    clientId: properties.clientId ?? '',
    userName: properties.User ?? '',
    password: secrets.get('Password') ?? new Secret(''),
    ...(properties.origin === undefined ? {} : { originKey: properties.origin }),
  });
  if (granted.status === 'refused') return granted;
  const how = `POST ${tokenUrl} with the stored user, password and origin gave a token`;
  return { status: 'accepted', value: { token: granted.value.value, url: properties.URL ?? '', how } };
}

function gone(): RemoteError {
  return new RemoteError('ERR_REMOTE_NOT_FOUND', {
    system: 'destination',
    operation: 'find destination',
    status: 404,
    remedy: 'run `locum apply`',
  });
}
