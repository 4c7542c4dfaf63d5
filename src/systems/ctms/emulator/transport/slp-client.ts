import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type Element, readXml, writeXml } from '../slp-xml.ts';
import {
  clientCreationFailed,
  type DestinationProperties,
  initializationFailed,
  reasonOf,
  send,
  startFailed,
} from './destination-access.ts';

/** The service of the deploy service that transports use (multiapps-controller, process Constants). */
const SERVICE = 'CTS_DEPLOY';

interface Task {
  readonly state: string;
  readonly messages: readonly string[];
  /** Where the error is described, relative to the run. */
  readonly failed: boolean;
}

/** How CTMS drives the deploy service; its order of calls is not public: assumed. */
export interface DeployClient {
  /** Gives the file's id. @throws ImportFailure */
  upload(name: string, bytes: Uint8Array): Promise<string>;
  /** Gives the process's id. @throws ImportFailure */
  start(parameters: Readonly<Record<string, string>>): Promise<string>;
  /** Undefined when it cannot be had now. */
  task(process: string): Promise<Task | undefined>;
  /** What the process says of its failure. */
  failure(process: string): Promise<string | undefined>;
}

/**
 * Creates the client: the first call that proves URL and credentials at once. @throws ImportFailure with the texts that
 * SAP help explains
 */
export async function createDeployClient(
  ctx: Pick<EmulatorContext, 'fetch'>,
  destination: DestinationProperties,
  authorization: string | undefined,
): Promise<DeployClient> {
  const base = (destination.URL ?? '').replace(/\/$/, '');
  // Characters that must be encoded: the docs promise Not Found for them.
  if (!/^https:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(base)) throw clientCreationFailed('Not Found');
  const session = new Map<string, string>();
  let csrf = '';

  async function call(
    method: string,
    path: string,
    body?: FormData | string,
    type?: string,
  ): Promise<Response | undefined> {
    const response = await send(ctx, `${base}${path}`, {
      method,
      headers: {
        accept: 'application/xml',
        ...(authorization === undefined ? {} : { authorization }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(session.size === 0 ? {} : { cookie: [...session].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(method === 'GET' ? {} : { 'x-csrf-token': csrf }),
      },
      ...(body === undefined ? {} : { body }),
    });
    csrf = response?.headers.get('x-csrf-token') ?? csrf;
    for (const cookie of response?.headers.getSetCookie() ?? []) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) session.set(name, value);
    }
    return response;
  }

  async function started(response: Response | undefined): Promise<Element> {
    if (!response) throw startFailed('The deploy service cannot be reached');
    const document = response.ok ? readXml(await response.text()) : undefined;
    if (!document) throw startFailed(response.ok ? 'The answer is not valid' : reasonOf(response.status));
    return document;
  }

  const first = await call('GET', '/metadata');
  // A host that does not exist: that the text is the same as for a wrong org is assumed.
  if (!first) throw clientCreationFailed('Not Found');
  if (first.status === 401) throw initializationFailed('Unauthorized');
  if (!first.ok) throw clientCreationFailed(reasonOf(first.status));

  return {
    async upload(name, bytes) {
      const form = new FormData();
      form.set('files', new Blob([Buffer.from(bytes)]), name);
      const document = await started(await call('POST', `/services/${SERVICE}/files`, form));
      const id = document.child('File')?.child('id')?.text;
      if (!id) throw startFailed('The answer is not valid');
      return id;
    },
    async start(parameters) {
      const rows = Object.entries(parameters).map(
        ([id, value]) =>
          [
            'Parameter',
            [
              ['id', id],
              ['type', 'slp.parameter.type.SCALAR'],
              ['value', value],
            ],
          ] as const,
      );
      const body = writeXml([
        'Process',
        [
          ['service', SERVICE],
          ['parameters', rows],
        ],
      ]);
      const path = `/services/${SERVICE}/processes`;
      const document = await started(await call('POST', path, body, 'application/xml'));
      const id = document.child('id')?.text;
      if (!id) throw startFailed('The answer is not valid');
      return id;
    },
    async task(process) {
      const response = await call('GET', `/runs/${SERVICE}/${process}/tasklist`);
      const found = response?.ok ? readXml(await response.text())?.child('Task') : undefined;
      if (!found) return undefined;
      const rows = found.child('progressMessages')?.children('ProgressMessage') ?? [];
      return {
        state: found.child('status')?.text.replace('slp.task.state.', '') ?? '',
        messages: rows.map((row) => row.child('message')?.text ?? ''),
        failed: found.child('error') !== undefined,
      };
    },
    async failure(process) {
      const response = await call('GET', `/runs/${SERVICE}/${process}/error`);
      return response?.ok ? readXml(await response.text())?.child('displayName')?.text : undefined;
    },
  };
}
