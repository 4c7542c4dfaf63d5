import type { CommandObject } from '../../protocols/btp-cli/emulator/commands.ts';
import type { Rights } from './rights.ts';
import type { createTrustSemantics } from './semantics.ts';

const JSON_TYPE = 'application/json';

/** The commands on trust configurations. */
export function trustCommands(
  semantics: ReturnType<typeof createTrustSemantics>,
  { reading, writing }: Rights,
): Readonly<Record<string, CommandObject>> {
  return {
    'security/trust': {
      tenantScoped: true,
      mediaType: JSON_TYPE,
      actions: {
        list: reading(semantics.list),
        get: reading(semantics.get),
        create: writing(semantics.create),
        update: writing(semantics.update),
        delete: writing(semantics.delete),
      },
    },
    'security/available-idp': {
      tenantScoped: true,
      mediaType: JSON_TYPE,
      actions: { list: reading(semantics.listTenants), get: reading(semantics.getTenant) },
    },
  };
}
