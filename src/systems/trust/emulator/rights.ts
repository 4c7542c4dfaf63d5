import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';

type Handler = (call: TenantCall) => Answer;

/** Who may do what with trusts by commands: roles of the zone itself, nothing is inherited (btp:0039cf0). */
export interface Rights {
  reading(handler: Handler): Handler;
  writing(handler: Handler): Handler;
}

export function createRights(ctx: Pick<EmulatorContext, 'world'>): Rights {
  const guarded = (handler: Handler, templates: readonly string[]): Handler => {
    return (call) => {
      const { caller, zone } = call;
      const held = ctx.world.use('authorization').roles(zone.guid, caller.user, caller.originKey);
      return templates.some((template) => held.includes(template)) ? handler(call) : notAuthorized();
    };
  };
  return {
    reading: (handler) => guarded(handler, ['xsuaa_admin', 'xsuaa_auditor']),
    writing: (handler) => guarded(handler, ['xsuaa_admin']),
  };
}
