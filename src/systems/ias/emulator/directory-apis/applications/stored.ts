import type { JsonObject } from '../../../../../kernel/json.ts';
import { recordChange, shownCredentials } from '../../change-log.ts';
import { keyIn, type StoredApplication } from '../../store.ts';
import { type DirectoryCall, DirectoryError } from '../rest.ts';
import { applicationDocument } from './document.ts';

/** @throws DirectoryError 404 with the recorded text */
export function applicationOf({ services, tenant, c }: DirectoryCall): StoredApplication {
  const application = services.store.applications.get(keyIn(tenant.id, c.req.param('id') ?? ''));
  if (application) return application;
  throw new DirectoryError(404, 'Unable to find application with provided identifier.');
}

/** Tells the change log what became of an application. */
export function record(
  { services, tenant, actor }: DirectoryCall,
  before: StoredApplication | undefined,
  after: StoredApplication | undefined,
): void {
  const application = after ?? before;
  if (!application) return;
  const { id, name } = application;
  const shown = (one: StoredApplication | undefined): JsonObject | undefined => {
    if (!one) return undefined;
    // Every change has them.
    const { meta: _times, ...document } = applicationDocument(services, tenant, one);
    return { ...document, ...shownCredentials(one) };
  };
  recordChange(services, tenant, actor, { type: 'application', id, name, before: shown(before), after: shown(after) });
}
