/** Oldest protocol that is still served: clients at v2.64 were told to update in June 2025 (provider issue 1125). */
const OLDEST: readonly [number, number] = [2, 64];

/** Whether the server serves a protocol version such as `v2.106.1`; older ones get a 412. */
export function speaksOurProtocol(version: string | undefined): boolean {
  const match = /^v(\d+)\.(\d+)\.(\d+)$/.exec(version ?? '');
  if (!match) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major === OLDEST[0] && minor >= OLDEST[1];
}
