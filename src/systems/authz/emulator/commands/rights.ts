import { type Answer, notAuthorized } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import type { ZoneDirectory } from '../zone/directory.ts';

type Handler = (call: TenantCall) => Answer;

/** Who may do what with users and roles: roles of the zone itself, nothing is inherited (btp:0039cf0). */
export interface Rights {
  reading(handler: Handler): Handler;
  writing(handler: Handler): Handler;
}

export function createRights(directory: ZoneDirectory): Rights {
  function guarded(handler: Handler, templates: readonly string[]): Handler {
    return (call) => {
      const user = directory.user(call.zone.guid, call.caller.originKey, call.caller.user);
      const held = user ? directory.templatesOf(call.zone, user) : [];
      return templates.some((template) => held.includes(template)) ? handler(call) : notAuthorized();
    };
  }
  return {
    reading: (handler) => guarded(handler, ['xsuaa_admin', 'xsuaa_auditor']),
    writing: (handler) => guarded(handler, ['xsuaa_admin']),
  };
}
