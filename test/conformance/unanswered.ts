import type { ConformanceLandscape } from './landscape.ts';
import { Skip } from './skip.ts';

/** Throws a {@link Skip} when a route is not emulated yet; asked each time, so that the client runs once it is. */
export async function skipUnlessEmulated(
  landscape: Pick<ConformanceLandscape, 'fetch'>,
  what: string,
  url: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<void> {
  const form = method === 'POST' ? { body: new URLSearchParams() } : {};
  const response = await landscape.fetch(url, { method, redirect: 'manual', ...form });
  if (response.status === 501) throw new Skip(`${what} answers 501`);
}
