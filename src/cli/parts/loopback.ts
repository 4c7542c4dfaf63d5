import type { Context } from '../../kernel/context.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Beside a landscape: what listens on this machine, such as an OpenBao to try deliveries with, is no service of SAP and is reached
 * past it, as with the `NO_PROXY` that `locum env` gives to other programs.
 */
export function besideLandscape(landscape: Context['fetch'], real: Context['fetch']): Context['fetch'] {
  return (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    return (LOOPBACK.test(hostname) ? real : landscape)(input, init);
  };
}
