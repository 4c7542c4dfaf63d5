import { isNews } from '../../kernel/errors.ts';
import type { Check, Hop, Resource, Subject } from '../../kernel/system.ts';
import { tryConsumer } from './consumer.ts';
import type { DestinationObserved } from './destination.ts';
import { flawsOf } from './flaws.ts';
import { foreign } from './foreign.ts';
import { type DestinationProps, expandUser, loginOf } from './section.ts';
import { attemptToken, type DeclaredDestination } from './token-attempt.ts';

const APPLY = 'run `locum apply`';
const REWRITE = `${APPLY}: it writes the destination anew`;

/** Every declared destination exists and is written as its consumer reads it. */
const wellFormed: Check = {
  id: 'destination/destination',
  link: 'destination',
  async run(subject, ctx) {
    const standby = subject.user.twin?.first === false;
    const refused = (standby ? [] : expandUser(ctx.manifest, subject.inventory, subject.user).findings).map(
      (finding): Hop => ({
        check: 'destination/destination',
        title: 'declaration',
        status: 'failed',
        evidence: [],
        because: finding.because,
        remedy: finding.remedy,
        code: finding.code,
      }),
    );
    return [...refused, ...declaredOf(subject).map((resource) => judge(subject, resource))];
  },
};

/** A token comes as the consumer fetches it. */
const token: Check = {
  id: 'destination/token',
  link: 'token',
  run: (subject, ctx) =>
    perDestination(subject, 'destination/token', async (resource) => {
      const attempt = await attemptToken(subject, resource, ctx);
      return attempt.status === 'token' ? { status: 'ok', evidence: [attempt.how] } : { evidence: [], ...attempt };
    }),
};

/** The consumer gets with the token what it needs. */
const consumer: Check = {
  id: 'destination/consumer',
  link: 'consumer',
  run: (subject, ctx) =>
    perDestination(subject, 'destination/consumer', async (resource) => {
      const attempt = await attemptToken(subject, resource, ctx);
      const lost = misdirected(subject, resource);
      if (lost) return lost;
      if (attempt.status === 'token') return tryConsumer(resource, attempt, ctx);
      return {
        status: 'unknown',
        evidence: [],
        because: 'without a token there is nothing to try',
        remedy: attempt.remedy,
        code: attempt.code,
      };
    }),
};

/** With a URL that leads elsewhere the consumer fails, whatever the token is worth. */
function misdirected(subject: Subject, resource: DeclaredDestination): Omit<Hop, 'check' | 'title'> | undefined {
  const observed = subject.observed(resource.address) as DestinationObserved | undefined;
  const flaws = observed ? flawsOf(observed, resource.props.target, loginOf(resource.props, observed.properties)) : [];
  const flaw = flaws.find((one) => one.code === 'DESTINATION_URL');
  return flaw && { status: 'failed', evidence: [], because: flaw.because, remedy: REWRITE, code: flaw.code };
}

export const checks: readonly Check[] = [wellFormed, foreign, token, consumer];

function declaredOf(subject: Subject): readonly DeclaredDestination[] {
  return subject.resources.filter(
    (resource): resource is DeclaredDestination =>
      resource.type === 'destination/destination' &&
      (resource as Resource<DestinationProps>).props.target !== undefined,
  );
}

function titleOf(resource: DeclaredDestination): string {
  return `${resource.props.name} in ${resource.props.subaccount.name}`;
}

async function perDestination(
  subject: Subject,
  check: string,
  look: (resource: DeclaredDestination) => Promise<Omit<Hop, 'check' | 'title'>>,
): Promise<readonly Hop[]> {
  return Promise.all(
    declaredOf(subject).map(async (resource): Promise<Hop> => {
      const seen = await look(resource).catch(unanswered);
      const { status, evidence, because, remedy, code } = seen;
      return {
        check,
        title: titleOf(resource),
        status,
        evidence,
        ...(because === undefined ? {} : { because }),
        ...(remedy === undefined ? {} : { remedy }),
        ...(code === undefined ? {} : { code }),
      };
    }),
  );
}

/** One destination that cannot be asked must not hide the hops of the others. */
function unanswered(error: unknown): Omit<Hop, 'check' | 'title'> {
  if (!isNews(error)) throw error;
  const refused = error.code === 'ERR_REMOTE_CREDENTIALS' || error.code === 'ERR_REMOTE_FORBIDDEN';
  return {
    status: refused ? 'failed' : 'unknown',
    evidence: [],
    because: error.message,
    remedy: error.remedy ?? 'mend the cause and run `locum doctor` again',
    code: error.code,
  };
}

function judge(subject: Subject, resource: DeclaredDestination): Hop {
  const base = { check: 'destination/destination', title: titleOf(resource) };
  const failure = subject.unobserved(resource.address);
  if (failure !== undefined) {
    return {
      ...base,
      status: 'unknown',
      evidence: [],
      because: failure,
      remedy: `check connections.destination.${resource.props.subaccount.name}`,
      code: 'DESTINATION_UNREADABLE',
    };
  }
  const observed = subject.observed(resource.address) as DestinationObserved | undefined;
  if (!observed) {
    return {
      ...base,
      status: 'failed',
      evidence: [],
      because: `subaccount '${resource.props.subaccount.name}' has no destination '${resource.props.name}'`,
      remedy: APPLY,
      code: 'DESTINATION_MISSING',
    };
  }
  const evidence = evidenceOf(observed, resource);
  const flaws = flawsOf(observed, resource.props.target, loginOf(resource.props, observed.properties));
  const diff = subject.diff(resource.address);
  if (diff?.action === 'blocked') {
    const { because, remedy, code } = diff.finding;
    const also = flaws.map((flaw) => flaw.because);
    return { ...base, status: 'failed', evidence, because: [because, ...also].join('; '), remedy, code };
  }
  const [worst] = flaws;
  if (worst) {
    const because = flaws.map((flaw) => flaw.because).join('; ');
    return {
      ...base,
      status: 'failed',
      evidence,
      because,
      remedy: REWRITE,
      code: worst.code,
    };
  }
  if (diff?.action === 'update') {
    const because = `it works, but is not as declared: ${diff.changes.map((change) => change.path).join(', ')}`;
    return { ...base, status: 'warning', evidence, because, remedy: APPLY, code: 'DESTINATION_DRIFT' };
  }
  return { ...base, status: 'ok', evidence };
}

function evidenceOf(observed: DestinationObserved, resource: DeclaredDestination): readonly string[] {
  const { URL: url, clientId, User, tokenServiceURL, origin } = observed.properties;
  return [
    `preset ${resource.props.target.preset}`,
    `URL ${url ?? 'not set'}`,
    `client ${clientId ?? 'not set'} with ${observed.clientSecret ? 'a' : 'an empty'} secret`,
    `token service ${tokenServiceURL ?? 'not set'}`,
    ...(origin === undefined ? [] : [`origin ${origin}`]),
    `user ${User ?? 'not set'}`,
    `password ${observed.password === 'matches' ? 'is the current one of the vault' : observed.password}`,
  ];
}
