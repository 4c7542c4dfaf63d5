import { notAuthorized, notFound, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type Acting, homeOf, link, requireWritable, type Shape } from '../acting.ts';
import type { CfApp } from '../rows/apps.ts';
import { appOf } from './apps.ts';

const FEATURES: Readonly<Record<string, string>> = {
  ssh: 'Enable SSHing into the app.',
  revisions: 'Enable versioning of an application',
  'service-binding-k8s': 'Enable k8s service bindings for the app',
  'file-based-vcap-services': 'Enable file-based VCAP service bindings for the app',
};

/** Two ways for the same: an app has one of them. */
const EXCLUSIVE = ['file-based-vcap-services', 'service-binding-k8s'] as const;

function featureView(app: CfApp, name: string): Shape {
  return { name, description: FEATURES[name], enabled: app.features.includes(name) };
}

export function listFeatures(acting: Acting, guid: string): Shape {
  const app = appOf(acting, guid);
  const page = link(acting, `/v3/apps/${guid}/features`);
  const resources = Object.keys(FEATURES).map((name) => featureView(app, name));
  return {
    resources,
    pagination: {
      total_results: resources.length,
      total_pages: 1,
      first: page,
      last: page,
      next: null,
      previous: null,
    },
  };
}

export function showFeature(acting: Acting, guid: string, name: string): Shape {
  const app = appOf(acting, guid);
  if (!Object.hasOwn(FEATURES, name)) throw notFound('Feature');
  return featureView(app, name);
}

/** An app one of whose features the caller may switch: Space Supporters only `revisions`. */
export function editableFeature(acting: Acting, guid: string, name: string): CfApp {
  const app = appOf(acting, guid);
  if (!Object.hasOwn(FEATURES, name)) throw notFound('Feature');
  const space = homeOf(acting, app);
  if (!(name === 'revisions' ? acting.see.managesApps(space) : acting.see.develops(space))) throw notAuthorized();
  requireWritable(acting, space.org);
  return app;
}

export function setFeature(acting: Acting, guid: string, name: string, enabled: boolean): Shape {
  const app = editableFeature(acting, guid, name);
  const [one, other] = EXCLUSIVE;
  if (enabled && ((name === one && app.features.includes(other)) || (name === other && app.features.includes(one)))) {
    throw unprocessable(`'${one}' and '${other}' features cannot be enabled at the same time.`);
  }
  const others = app.features.filter((other) => other !== name);
  const changed: CfApp = { ...app, features: enabled ? [...others, name] : others };
  acting.store.apps.set(guid, changed);
  return featureView(changed, name);
}

/** `GET /v3/apps/{guid}/ssh_enabled`. */
export function sshStatus(acting: Acting, guid: string): Shape {
  const app = appOf(acting, guid);
  const space = homeOf(acting, app);
  const enabled = space.ssh && app.features.includes('ssh');
  const reason = space.ssh ? 'ssh is disabled for app' : `ssh is disabled for space '${space.name}'`;
  return { enabled, reason: enabled ? '' : reason };
}
