import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import type { HttpCall } from '../../protocols/http/client.ts';
import { type CloudController, cloudController } from '../client.ts';

/** The space of a place, as the inventory knows it. */
export interface SpacePlace {
  /** CF API endpoint. */
  readonly api: string;
  /** Name of the org. */
  readonly org: string;
  readonly spaceGuid: string;
}

/** What the Cloud Controller says of an app or a service instance (cf-uaa-and-cf-api §4). */
export const named = z.looseObject({
  guid: z.string(),
  name: z.string(),
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string().nullable()) }),
});
export type Named = z.infer<typeof named>;

/** Calls of the place's landscape; a refusal says which role is lacking. */
export async function callsAt(
  { api, org }: Pick<SpacePlace, 'api' | 'org'>,
  space: string,
  ctx: SystemContext,
): Promise<CloudController['send']> {
  const { send } = await cloudController(ctx, api);
  return async (call: HttpCall) => {
    try {
      return await send(call);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.status !== 403) throw error;
      throw new RemoteError('ERR_REMOTE_REFUSED', {
        system: 'cf',
        operation: call.operation,
        status: 403,
        ...(error.serviceCode === undefined ? {} : { serviceCode: error.serviceCode }),
        remedy: `make the user of connections.cf a Space Developer of ${org}/${space}: nobody else reads credentials there`,
      });
    }
  };
}

export function jsonOf(method: 'POST' | 'PATCH', body: unknown): Pick<HttpCall, 'method' | 'headers' | 'body'> {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/**
 * Annotation that stands while a new secret is written and those who read it were not restarted yet. It is there before
 * they can be forgotten: whoever goes on after a crash or a lost reply sees that the restart is still due.
 */
export function dueMark(passwordKey: string): string {
  return `locum-restart-${createHash('sha256').update(passwordKey).digest('hex').slice(0, 12)}`;
}

export function isDue({ metadata }: Named, mark: string): boolean {
  return (metadata.annotations[mark] ?? null) !== null;
}

export const annotations = (mark: string, value: string | null) => ({ metadata: { annotations: { [mark]: value } } });
