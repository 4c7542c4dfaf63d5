import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type Answer, notAuthorized } from './answers.ts';
import type { Caller, TenantCall } from './commands.ts';

type Handler = (call: TenantCall) => Answer | Promise<Answer>;

/** Whether a caller holds one of these role templates in a zone; nothing is inherited from the zones above (btp:0039cf0). */
export function holdsRole(
  ctx: Pick<EmulatorContext, 'world'>,
  caller: Caller,
  zone: string,
  templates: readonly string[],
): boolean {
  const held = ctx.world.use('authorization').roles(zone, caller.user, caller.originKey);
  return templates.some((template) => held.includes(template));
}

/** Lets only those through who hold one of these role templates in the zone of the command. */
export function guarded(ctx: Pick<EmulatorContext, 'world'>, templates: readonly string[], handler: Handler): Handler {
  return (call) => (holdsRole(ctx, call.caller, call.zone.guid, templates) ? handler(call) : notAuthorized());
}
