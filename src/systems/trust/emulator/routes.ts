import type { CommandObject } from '../../protocols/btp-cli/emulator/commands.ts';
import type { createTrustSemantics } from './semantics.ts';

const JSON_TYPE = 'application/json';

/** The commands on trust configurations. */
export function trustCommands(
  semantics: ReturnType<typeof createTrustSemantics>,
): Readonly<Record<string, CommandObject>> {
  const { list, get, create, update, listTenants, getTenant } = semantics;
  return {
    'security/trust': {
      tenantScoped: true,
      mediaType: JSON_TYPE,
      actions: { list, get, create, update, delete: semantics.delete },
    },
    'security/available-idp': {
      tenantScoped: true,
      mediaType: JSON_TYPE,
      actions: { list: listTenants, get: getTenant },
    },
  };
}
