/** Why a client was not asked. */
export class Skip extends Error {
  override readonly name = 'Skip';
}
