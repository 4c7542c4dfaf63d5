import { hash, verify } from '@node-rs/argon2';
import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { createVerifiedSecrets } from '../../protocols/oauth/emulator/secrets.ts';
import { isPlanted, isPlantedPassword } from './planted-passwords.ts';
import type { PasswordHashes } from './services.ts';

/** Argon2id, 19 MiB, 2 passes, 1 lane: OWASP's second choice, 170 hashes a second on two cores. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** What the algorithm takes at least. */
const WEAKEST = { memoryCost: 8, timeCost: 1, parallelism: 1 } as const;

/** How long a verified password is known, in milliseconds. */
const KNOWN_MS = 60_000;

/** Hashes and verifies passwords off the event loop. */
export function createPasswordHashes(
  ctx: Pick<EmulatorContext, 'now' | 'aside' | 'credentials' | 'effort'>,
): PasswordHashes {
  const cost = ctx.effort.hashes === 'weak' ? WEAKEST : ARGON2;
  const verified = createVerifiedSecrets(ctx, KNOWN_MS);
  return {
    // Keeps its turn: whoever sets a password writes back a user that was read before, and another change of that user
    // must not come in between.
    hash: (password) => hash(password, cost),
    async verify(hashed, password) {
      if (isPlanted(hashed)) return isPlantedPassword(ctx, hashed, password);
      return verified.verify(hashed, password, () => verify(hashed, password));
    },
  };
}
