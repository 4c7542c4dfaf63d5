import { ROLES } from '../../../src/systems/authz/emulator/zone/catalogue.ts';
import { operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';
import { type Level, zoneOf } from './users.ts';

interface RoleRow {
  readonly roleTemplateName: string;
  readonly roleTemplateAppId: string;
  readonly name: string;
  readonly description?: string;
  readonly attributeList?: readonly Readonly<Record<string, unknown>>[];
  readonly scopes?: readonly { readonly name: string }[];
  readonly isReadOnly: boolean;
}

interface AppRow extends Readonly<Record<string, unknown>> {
  readonly appid: string;
  readonly 'role-templates'?: readonly TemplateRow[];
}

interface TemplateRow {
  readonly name: string;
  readonly description?: string;
  readonly 'scope-references'?: readonly string[];
  readonly 'attribute-references'?: readonly Readonly<Record<string, unknown>>[];
}

interface Template {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly attributes: readonly Readonly<Record<string, unknown>>[];
}

interface SeededApplication {
  readonly zone: string;
  readonly appId: string;
  readonly templates: Map<string, Template>;
  shown: Readonly<Record<string, unknown>>;
}

/** What of an application only comes when it is asked for alone. */
const ALONE = ['appid', 'scopes', 'authorities', 'foreign-scope-references', 'role-templates'];

/** Applications that a sequence shows, with role templates that no zone has by itself, and roles that were made of them before. */
export function recordedApplicationRoles(
  cassette: readonly Recording[],
  globalAccount: string,
  levelOf: (zone: string) => Level,
) {
  const applications = new Map<string, SeededApplication>();
  const roles = new Map<string, { zone: string } & Readonly<Record<string, unknown>>>();
  const made = new Set<string>();
  const application = (zone: string, appId: string) => {
    const key = `${zone} ${appId}`;
    const found = applications.get(key) ?? { zone, appId, templates: new Map<string, Template>(), shown: {} };
    applications.set(key, found);
    return found;
  };

  function learnRole(zone: string, row: RoleRow): void {
    const { roleTemplateAppId: appId, roleTemplateName: template, name, description = '', attributeList = [] } = row;
    const own = ROLES[levelOf(zone)].some((role) => role.appId === appId && role.template === template);
    if (!own) {
      const { templates } = application(zone, appId);
      const known = templates.get(template);
      // What the application delivers tells the attributes; a role of one's own has values of its own.
      if (!known || row.isReadOnly)
        templates.set(template, {
          name: template,
          description: row.isReadOnly ? description : (known?.description ?? ''),
          scopes: (row.scopes ?? []).map((scope) => scope.name),
          attributes: row.isReadOnly ? attributeList : (known?.attributes ?? []),
        });
    }
    const key = `${zone} ${appId} ${template} ${name}`;
    if (row.isReadOnly || made.has(key) || roles.has(key)) return;
    roles.set(key, { zone, appId, template, name, description, attributes: attributeList });
  }

  function learnApplication(zone: string, row: AppRow): void {
    const known = application(zone, row.appid);
    known.shown = Object.fromEntries(Object.entries(row).filter(([key]) => !ALONE.includes(key)));
    for (const template of row['role-templates'] ?? []) {
      if (ROLES[levelOf(zone)].some((role) => role.appId === row.appid && role.template === template.name)) continue;
      known.templates.set(template.name, {
        name: template.name,
        description: template.description ?? '',
        scopes: template['scope-references'] ?? [],
        attributes: (template['attribute-references'] ?? []).map(({ name, 'value-required': valueRequired }) => ({
          attributeName: name,
          valueRequired: valueRequired === true,
        })),
      });
    }
  }

  for (const recorded of cassette) {
    const zone = zoneOf(recorded, globalAccount);
    const operation = operationOf(recorded);
    const { appId, roleTemplateName, roleName } = paramsOf(recorded);
    if (operation === 'security/role?create') made.add(`${zone} ${appId} ${roleTemplateName} ${roleName}`);
    if (!succeeded(recorded)) continue;
    const rows = [recorded.responseBody].flat();
    if (/^security\/role\?(get|list|create)$/.test(operation))
      for (const row of rows as RoleRow[]) learnRole(zone, row);
    if (/^security\/app\?(get|list)$/.test(operation)) for (const row of rows as AppRow[]) learnApplication(zone, row);
  }
  return {
    applications: [...applications.values()].map(({ zone, appId, templates, shown }) => ({
      zone,
      appId,
      roleTemplates: [...templates.values()],
      ...(Object.keys(shown).length > 0 ? { shown } : {}),
    })),
    roles: [...roles.values()],
  };
}
