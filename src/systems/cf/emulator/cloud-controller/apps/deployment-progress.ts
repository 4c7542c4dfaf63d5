import type { CfDeployment, CfProcess } from '../rows/apps.ts';
import { type CloudControllerStore, MOVING } from '../store.ts';

type Store = Pick<CloudControllerStore, 'deployments' | 'processes' | 'revisions'>;

/** How many instances of its new and of its old web process a canary has at its step (cloud_controller_ng, DeploymentModel). */
export function canaryInstances({
  steps,
  step,
  instances,
  sizes,
}: Pick<CfDeployment, 'steps' | 'step' | 'instances' | 'sizes'>): { readonly next: number; readonly old: number } {
  const weight = steps?.[step - 1];
  if (weight === undefined) return { next: 1, old: instances };
  const all = Math.min(sizes.instances ?? instances, instances);
  const next = Math.max(1, Math.round(all * (weight / 100)));
  return { next, old: weight === 100 ? 0 : all - next + 1 };
}

/** Lets the time that has gone by take effect: deployments that are over by now come to their end, canaries to their pause. */
export function proceed(store: Store, now: number): void {
  for (const deployment of store.deployments.by('moving', MOVING)) {
    if (now < deployment.doneAt) continue;
    if (deployment.state === 'DEPLOYING') finish(store, deployment);
    else if (deployment.state === 'PREPAUSED') pause(store, deployment);
    else giveUp(store, deployment);
  }
}

function set(store: Store, deployment: CfDeployment, state: CfDeployment['state']): void {
  store.deployments.set(deployment.guid, { ...deployment, state, updatedAt: deployment.doneAt });
}

function webOf({ processes }: Store, app: string): readonly CfProcess[] {
  return processes.by('app', app).filter(({ type }) => type === 'web');
}

/** The new web process alone is left, and all others are restarted as what it is (cloud_controller_ng, Finalize). */
function finish(store: Store, deployment: CfDeployment): void {
  const { app, process: guid, doneAt: updatedAt } = deployment;
  const made = store.processes.get(guid ?? '');
  if (made) {
    for (const other of webOf(store, app)) if (other.guid !== guid) store.processes.delete(other.guid);
    const instances = deployment.sizes.instances ?? deployment.instances;
    store.processes.set(made.guid, { ...made, instances, updatedAt });
    const revision = store.revisions.get(made.revision ?? '');
    for (const other of store.processes.by('app', app)) {
      if (other.type === 'web' || !revision) continue;
      const command = revision.commands[other.type] ?? null;
      store.processes.set(other.guid, { ...other, command, revision: revision.guid, updatedAt });
    }
  }
  set(store, deployment, 'DEPLOYED');
}

function pause(store: Store, deployment: CfDeployment): void {
  const { next, old } = canaryInstances(deployment);
  for (const process of webOf(store, deployment.app)) {
    const instances = process.guid === deployment.process ? next : old;
    store.processes.set(process.guid, { ...process, instances, updatedAt: deployment.doneAt });
  }
  set(store, deployment, 'PAUSED');
}

/**
 * The old web process alone is left, as it was; where the deployment came before the end of another one, that one's
 * (cloud_controller_ng, Cancel).
 */
function giveUp(store: Store, deployment: CfDeployment): void {
  const interim = store.deployments
    .by('app', deployment.app)
    .flatMap(({ superseded, state, process }) => (superseded && state === 'DEPLOYED' ? [process] : []));
  const all = webOf(store, deployment.app);
  const kept = all.findLast(({ guid }) => interim.includes(guid)) ?? all[0];
  for (const process of all) {
    if (process !== kept) store.processes.delete(process.guid);
    else {
      const { instances, doneAt: updatedAt } = deployment;
      store.processes.set(process.guid, { ...process, instances, updatedAt });
    }
  }
  set(store, deployment, 'CANCELED');
}
