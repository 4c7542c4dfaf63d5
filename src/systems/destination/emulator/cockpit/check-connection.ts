import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { notEmulated } from '../errors.ts';
import type { Properties } from '../store.ts';

/** Check Connection: HEAD, then GET, without authentication; what is below 500 is a success (btp-connectivity:71ea3cc; notes §1.12). */
export async function checkConnection(ctx: Pick<EmulatorContext, 'fetch'>, properties: Properties): Promise<string> {
  const { Name: name = '', URL: url = '', ProxyType: proxy } = properties;
  if (proxy === 'OnPremise') throw notEmulated('connections through a Cloud Connector');
  for (const method of ['HEAD', 'GET']) {
    const status = await ctx.fetch(url, { method, redirect: 'manual' }).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => undefined,
    );
    if (status !== undefined && status < 500)
      return `HTTP request (without authentication) to ${name} destination succeeded`;
  }
  // assumed: the words of a failure.
  return `HTTP request (without authentication) to ${name} destination failed`;
}
