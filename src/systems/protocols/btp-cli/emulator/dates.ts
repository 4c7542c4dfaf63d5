const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Time as the account service writes it, in UTC: `Jul 20, 2026, 6:39:46 AM`. */
export function accountDate(epochMs: number): string {
  const date = new Date(epochMs);
  const hour = date.getUTCHours();
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${clock}`;
}

/** Time as XSUAA writes it: `2024-03-05T09:44:38.949+00:00`. */
export function securityDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '+00:00');
}
