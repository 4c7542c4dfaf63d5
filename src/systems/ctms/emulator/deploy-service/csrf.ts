import { createHmac } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { csrfRequired } from './errors.ts';
import type { DeployStore } from './store.ts';

const COOKIE = 'JSESSIONID';
const SAFE = ['GET', 'HEAD', 'TRACE', 'OPTIONS'];

/** Headers that every answer carries (multiapps-controller, CsrfHeadersFilter). */
export type CsrfHeaders = Readonly<Record<string, string>>;

/**
 * Spring Security's check of writes: a token that belongs to the session. The token follows from the session's id, so
 * that there is nothing to keep per session.
 */
export function createCsrf(
  ctx: Pick<EmulatorContext, 'random'>,
  store: DeployStore,
): (request: Request) => CsrfHeaders {
  const hex = (bytes: number) => Buffer.from(ctx.random(bytes)).toString('hex').toUpperCase();

  function key(): string {
    const known = store.csrf.get('key') ?? hex(32);
    if (!store.csrf.get('key')) store.csrf.set('key', known);
    return known;
  }

  const tokenOf = (session: string) => createHmac('sha256', key()).update(session).digest('base64url');

  return (request) => {
    const sent = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9A-F]{32})`).exec(request.headers.get('cookie') ?? '')?.[1];
    const session = sent ?? hex(16);
    if (!SAFE.includes(request.method)) {
      const token = request.headers.get('x-csrf-token');
      if (sent === undefined || token !== tokenOf(session)) throw csrfRequired();
    }
    return {
      'x-csrf-header': 'X-CSRF-TOKEN',
      'x-csrf-param': '_csrf',
      'x-csrf-token': tokenOf(session),
      ...(sent === undefined ? { 'set-cookie': `${COOKIE}=${session}; Path=/; Secure; HttpOnly` } : {}),
    };
  };
}
