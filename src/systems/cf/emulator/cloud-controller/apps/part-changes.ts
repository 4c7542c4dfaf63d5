import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import { notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { isText, optional } from '../../../../protocols/cf-v3/emulator/rules.ts';
import { type Acting, homeOf } from '../acting.ts';
import { record } from '../events.ts';
import { deletionJob } from '../jobs.ts';
import type { CfBuild, CfDeployment, CfDroplet, CfPackage, CfProcess } from '../rows/apps.ts';
import type { CfJob } from '../rows/platform.ts';
import { editable } from './apps.ts';
import { buildOf, dropletOf } from './builds.ts';
import { deploymentOf } from './deployments.ts';
import { packageOf } from './packages.ts';
import { editable as editableProcess } from './processes.ts';

/** Body of `PATCH` on builds, droplets and deployments: of theirs users change labels only. */
export const changedLabels = z.strictObject({ metadata });
export const changedPackage = z.strictObject({
  username: optional<string>(isText),
  password: optional<string>(isText),
  metadata,
});

/** Labels, and how a docker image is fetched; the password is kept nowhere, for nothing fetches it. */
export function updatePackage(acting: Acting, guid: string, body: z.infer<typeof changedPackage>): CfPackage {
  const row = packageOf(acting, guid);
  if (row.type !== 'docker' && (body.username || body.password)) {
    throw unprocessable('Cannot update Docker credentials for a buildpack app.');
  }
  editable(acting, row.app);
  const changed: CfPackage = {
    ...row,
    ...(body.username == null ? {} : { username: body.username }),
    metadata: metadataOf(body.metadata, row.metadata),
  };
  acting.store.packages.set(guid, changed);
  return changed;
}

/** A build that the caller may label; the same for droplets and deployments. */
export function editableBuild(acting: Acting, guid: string): CfBuild {
  const build = buildOf(acting, guid);
  editable(acting, build.app);
  return build;
}

export function editableDroplet(acting: Acting, guid: string): CfDroplet {
  const droplet = dropletOf(acting, guid);
  editable(acting, droplet.app);
  return droplet;
}

export function editableDeployment(acting: Acting, guid: string): CfDeployment {
  const deployment = deploymentOf(acting, guid);
  editable(acting, deployment.app);
  return deployment;
}

type Labels = z.infer<typeof changedLabels>;

export function updateBuild(acting: Acting, guid: string, body: Labels): CfBuild {
  const build = editableBuild(acting, guid);
  const changed: CfBuild = { ...build, metadata: metadataOf(body.metadata, build.metadata) };
  acting.store.builds.set(guid, changed);
  return changed;
}

export function updateDroplet(acting: Acting, guid: string, body: Labels): CfDroplet {
  const droplet = editableDroplet(acting, guid);
  const changed: CfDroplet = { ...droplet, metadata: metadataOf(body.metadata, droplet.metadata) };
  acting.store.droplets.set(guid, changed);
  return changed;
}

export function updateDeployment(acting: Acting, guid: string, body: Labels): CfDeployment {
  const deployment = editableDeployment(acting, guid);
  const changed: CfDeployment = { ...deployment, metadata: metadataOf(body.metadata, deployment.metadata) };
  acting.store.deployments.set(guid, changed);
  return changed;
}

/** `DELETE …/instances/{index}`: the instance would be started anew, so that nothing changes. */
export function terminateInstance(acting: Acting, process: CfProcess, index: string): void {
  const app = editableProcess(acting, process);
  // As Ruby reads a number: what is none is 0.
  const number = Number.parseInt(/^\s*[+-]?\d+/.exec(index)?.[0] ?? '0', 10);
  if (number < 0 || number >= process.instances) throw notFound('Instance');
  record(
    acting,
    'audit.app.process.terminate_instance',
    { guid: app.guid, type: 'app', name: app.name },
    { space: homeOf(acting, app) },
    { process_guid: process.guid, process_type: process.type, process_index: number },
  );
}

/** `DELETE /v3/droplets/{guid}`: not that which its app runs. */
export function deleteDroplet(acting: Acting, guid: string): CfJob {
  const droplet = editableDroplet(acting, guid);
  if (acting.store.apps.get(droplet.app)?.droplet === guid) {
    throw unprocessable(`The droplet is currently used by app with guid "${droplet.app}".`);
  }
  acting.store.droplets.delete(guid);
  return deletionJob(acting, 'droplet', guid);
}
