import type { Apps } from './apps.ts';
import { ArchiveError } from './archive.ts';
import type { Caller } from './authentication.ts';
import { type DeployStore, type Mta, mtaKey } from './store.ts';

/** multiapps-controller, process Constants: namespace of backups, and what goes before names of apps. */
const BACKUP = 'mta-backup';
const FOR_DELETION = 'to-be-deleted';

type Parts = { readonly store: DeployStore; readonly apps: Apps };

/**
 * Keeps the deployed version beside the new one, its apps under other names (multiapps-controller,
 * PrepareApplicationForBackupStep); the backup before goes. Gives what is told of it.
 */
export async function backUp({ store, apps }: Parts, caller: Caller, deployed: Mta): Promise<readonly string[]> {
  const texts: string[] = [];
  const backup = backupOf(deployed);
  const older = store.mtas.get(mtaKey(backup));
  if (older) texts.push(...(await removeApps(apps, caller, older)));
  const modules = [];
  for (const module of deployed.modules) {
    const appName = `${BACKUP}-${module.appName}`;
    texts.push(`Renaming application "${module.appName}" to "${appName}" to be used for rollback`);
    modules.push({ ...module, appName });
    if (module.appGuid !== undefined) await apps.rename(caller, module.appGuid, appName, { ...backup, module });
  }
  store.mtas.set(mtaKey(backup), { ...deployed, ...backup, modules });
  store.mtas.delete(mtaKey(deployed));
  return texts;
}

/**
 * Puts the backup in the place of what is deployed (multiapps-controller, RenameApplicationsForRollbackFlow).
 * @throws ArchiveError when one of both is missing (PrepareBackupMtaForDeploymentStep)
 */
export async function rollBack(
  { store, apps }: Parts,
  caller: Caller,
  place: Pick<Mta, 'space' | 'id' | 'namespace'>,
): Promise<readonly string[]> {
  const deployed = store.mtas.get(mtaKey(place));
  const backup = store.mtas.get(mtaKey(backupOf(place)));
  if (!deployed || !backup)
    throw new ArchiveError(`Rollback of mta id "${place.id}" cannot be done, missing deployed/backup mta`);
  const texts = [`Prepare to rollback mta "${place.id}"`];
  for (const { appName, appGuid } of deployed.modules) {
    const doomed = `${FOR_DELETION}-${appName}`;
    texts.push(`Rename currently deployed application "${appName}" to "${doomed}"`);
    if (appGuid !== undefined) await apps.rename(caller, appGuid, doomed);
  }
  const modules = [];
  for (const module of backup.modules) {
    const appName = module.appName.slice(BACKUP.length + 1);
    texts.push(`Rename backup application "${module.appName}" to "${appName}"`);
    modules.push({ ...module, appName });
    const restored = { ...place, version: backup.version, module };
    if (module.appGuid !== undefined) await apps.rename(caller, module.appGuid, appName, restored);
  }
  const doomed = deployed.modules.map((module) => ({ ...module, appName: `${FOR_DELETION}-${module.appName}` }));
  texts.push(...(await removeApps(apps, caller, { ...deployed, modules: doomed })));
  const { namespace: _, ...rest } = backup;
  store.mtas.set(mtaKey(place), { ...rest, ...place, modules });
  store.mtas.delete(mtaKey(backup));
  return texts;
}

export async function removeApps(apps: Apps, caller: Caller, { modules }: Mta): Promise<readonly string[]> {
  for (const { appGuid } of modules) if (appGuid !== undefined) await apps.remove(caller, appGuid);
  return modules.map(({ appName }) => `Deleting application "${appName}"...`);
}

/** The namespace of the user comes after the service's own (multiapps-controller, NameUtil). */
function backupOf<T extends Pick<Mta, 'space' | 'id' | 'namespace'>>(mta: T): T & { readonly namespace: string } {
  return { ...mta, namespace: mta.namespace === undefined ? BACKUP : `${BACKUP}-${mta.namespace}` };
}
