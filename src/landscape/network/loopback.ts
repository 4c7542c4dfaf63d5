/** The only interface that anything of the landscape listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * Whether a Host header names this machine's loopback. Anything else got here by a name that somebody points at
 * 127.0.0.1 (DNS rebinding).
 */
export function isLoopback(hostHeader: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(hostHeader);
}
