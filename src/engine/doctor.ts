import { type DoctorReport, examine, withCredentials, withHeld } from '../kernel/doctor/doctor.ts';
import type { DeclaredCredential, TechnicalUser } from '../kernel/manifest/types.ts';
import type { SystemContext } from '../kernel/system.ts';
import { examineCredentials } from './credentials.ts';
import type { EngineDeps } from './deps.ts';
import { look, subjectsOf } from './sight.ts';

/** Proves the chain of each chosen user, and that each credential logs in where it is used. Whoever is held is only told. */
export async function examineUsers(
  deps: EngineDeps,
  chosen: readonly TechnicalUser[],
  ctx: SystemContext,
  credentials: readonly DeclaredCredential[] = [],
): Promise<DoctorReport> {
  const sight = await look(deps, ctx);
  const free = chosen.filter((user) => !sight.held.has(user.name));
  const held = chosen.flatMap((user) => sight.held.get(user.name) ?? []);
  const reports = await examineCredentials(credentials, sight.inventory, deps, ctx);
  return withCredentials(withHeld(await examine(deps.systems, subjectsOf(free, sight, deps, ctx), ctx), held), reports);
}
