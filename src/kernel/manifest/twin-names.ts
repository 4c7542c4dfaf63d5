/** The names of the two technical users that `twins: true` stands for. */
export function twinNames(name: string): readonly [string, string] {
  return [`${name}-a`, `${name}-b`];
}
