import { Hono } from 'hono';
import type { EmulatorDefinition } from '../../../../emulation/emulator.ts';
import { type HostEnv, mount } from '../../../../emulation/mount.ts';
import { peerOf } from '../../../../emulation/peer.ts';

export const TOKEN_SERVICE = 'https://tokens.acme.example/oauth/token';

export interface TokenServiceDouble {
  readonly definition: EmulatorDefinition;
  /** What it was asked, in order. */
  readonly asked: {
    readonly host: string;
    readonly form: Readonly<Record<string, string>>;
    readonly authorization: string | undefined;
    /** Client certificates of the connection. */
    readonly certificates: readonly string[];
  }[];
  /** Answers like this once, when set. */
  once: Response | undefined;
  /** Whether it waits until its caller gives up. */
  silent: boolean;
}

/** A token service of another company: gives a token for whatever it is asked, and remembers what that was. */
export function createTokenServiceDouble(): TokenServiceDouble {
  const double: TokenServiceDouble = {
    asked: [],
    once: undefined,
    silent: false,
    definition: {
      id: 'token-service-double',
      create() {
        const app = new Hono<HostEnv>();
        app.post('/oauth/token', async (c) => {
          double.asked.push({
            host: new URL(c.req.url).host,
            form: Object.fromEntries(new URLSearchParams(await c.req.text())),
            authorization: c.req.header('authorization'),
            certificates: peerOf(c.req.raw).certificates,
          });
          if (double.silent) {
            await aborted(c.req.raw.signal);
            return c.text('the caller gave up', 504);
          }
          const { once } = double;
          double.once = undefined;
          const token = { access_token: 'given', token_type: 'bearer', expires_in: 600, refresh_token: 'again' };
          return once ?? c.json(token);
        });
        const hosts = ['tokens.acme.example', 'acme-dev.tokens.acme.example'];
        return { mounts: hosts.map((host) => mount(host, () => [host], app)), seed: async () => undefined };
      },
    },
  };
  return double;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
