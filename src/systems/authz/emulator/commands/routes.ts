import type { CommandObject } from '../../../protocols/btp-cli/emulator/commands.ts';
import type { createApplicationSemantics } from './applications.ts';
import type { createCollectionSemantics } from './collections.ts';
import type { createCredentialSemantics } from './credentials.ts';
import type { Rights } from './rights.ts';
import type { createSettingsSemantics } from './settings.ts';
import type { createUserSemantics } from './users.ts';

interface Semantics {
  readonly users: ReturnType<typeof createUserSemantics>;
  readonly collections: ReturnType<typeof createCollectionSemantics>;
  readonly applications: ReturnType<typeof createApplicationSemantics>;
  readonly settings: ReturnType<typeof createSettingsSemantics>;
  readonly credentials: ReturnType<typeof createCredentialSemantics>;
}

/** The commands on users, role collections, roles, applications, settings and API credentials of a zone. */
export function authzCommands(
  { users, collections, applications, settings, credentials }: Semantics,
  { reading, writing }: Rights,
): Readonly<Record<string, CommandObject>> {
  const object = (actions: Extract<CommandObject, { tenantScoped: true }>['actions']): CommandObject => ({
    tenantScoped: true,
    mediaType: 'application/json',
    actions,
  });
  return {
    'security/user': object({
      list: reading(users.list),
      get: reading(users.get),
      delete: writing(users.delete),
    }),
    'security/role-collection': object({
      list: reading(collections.list),
      get: reading(collections.get),
      create: writing(collections.create),
      update: writing(collections.update),
      delete: writing(collections.delete),
      assign: writing(users.assign),
      unassign: writing(users.unassign),
    }),
    'security/role': object({
      list: reading(collections.listRoles),
      get: reading(collections.getRole),
      create: writing(collections.createRole),
      delete: writing(collections.deleteRole),
      add: writing(collections.addRole),
      remove: writing(collections.removeRole),
    }),
    'security/app': object({ list: reading(applications.list), get: reading(applications.get) }),
    'security/settings': object({ list: reading(settings.list), update: writing(settings.update) }),
    'security/api-credential': object({
      list: reading(credentials.list),
      create: writing(credentials.create),
      get: reading(credentials.get),
      delete: writing(credentials.delete),
    }),
  };
}
