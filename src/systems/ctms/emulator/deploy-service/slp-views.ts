import type { Xml } from '../slp-xml.ts';
import { actionsOf, PROCESS_TYPES, type ProcessType, stateOf, toldBy } from './operations.ts';
import type { DeployFile, Operation } from './store.ts';
import { LOG_ID, logOf } from './views.ts';

/** Version that clients check (multiapps-cli-plugin before b8d2063, base_command.go). */
const VERSION = '1.2.0';

/** Documents of the SL protocol; element names and order of multiapps-cli-plugin's models before b8d2063. */
export const metadata: Xml = [
  'Metadata',
  [
    ['slmpversion', VERSION],
    ['slppversion', VERSION],
  ],
];

export const SERVICES = Object.keys(PROCESS_TYPES) as readonly ProcessType[];

export function serviceXml(type: ProcessType): Xml {
  const { serviceId, displayName } = PROCESS_TYPES[type];
  return [
    'Service',
    [
      ['id', serviceId],
      ['processes', `services/${serviceId}/processes`],
      ['parameters', parametersOf(type)],
      ['files', `services/${serviceId}/files`],
      ['versions', `services/${serviceId}/versions`],
      ['slppversion', VERSION],
      ['displayName', displayName],
      ['description', displayName],
    ],
  ];
}

/** The parameters that matter to the emulated processes (multiapps-controller, *Metadata). */
const PARAMETERS: Readonly<Record<ProcessType, readonly string[]>> = {
  DEPLOY: ['appArchiveId', 'mtaExtDescriptorId', 'mtaId', 'keepFiles', 'abortOnError'],
  BLUE_GREEN_DEPLOY: ['appArchiveId', 'mtaExtDescriptorId', 'mtaId', 'keepFiles', 'abortOnError', 'noConfirm'],
  UNDEPLOY: ['mtaId', 'abortOnError'],
  CTS_DEPLOY: [
    'ctsProcessId',
    'appArchiveId',
    'mtaExtDescriptorId',
    'fileList',
    'deployUri',
    'userId',
    'password',
    'applType',
    'transferType',
    'deployStrategy',
    'keepFiles',
  ],
};

export function parametersOf(type: ProcessType): readonly Xml[] {
  const required: readonly string[] = PROCESS_TYPES[type].required;
  return PARAMETERS[type].map(
    (id): Xml => [
      'Parameter',
      [
        ['id', id],
        ['type', id === 'fileList' ? 'slp.parameter.type.TABLE' : 'slp.parameter.type.SCALAR'],
        ['required', required.includes(id)],
        id === 'password' ? ['secure', true] : undefined,
      ],
    ],
  );
}

export function versionsXml(type: ProcessType): Xml {
  const { serviceId: component, version } = PROCESS_TYPES[type];
  const row: Xml = [
    'ComponentVersion',
    [
      ['id', `${component}_VERSIONS_${version}`],
      ['component', component],
      ['version', version],
    ],
  ];
  return ['versions', [row]];
}

export function filesXml(files: readonly DeployFile[], serviceId: string): Xml {
  return [
    'files',
    files.map(
      (file): Xml => [
        'File',
        [
          ['id', file.id],
          ['filePath', serviceId],
          ['fileSize', file.size],
          ['fileName', file.name],
          ['digest', file.digest],
          ['digestAlgorithm', 'MD5'],
        ],
      ],
    ),
  ];
}

export function serviceIdOf(operation: Operation): string {
  return PROCESS_TYPES[operation.processType as ProcessType].serviceId;
}

export function processXml(operation: Operation, now: number): Xml {
  const { displayName, serviceId } = PROCESS_TYPES[operation.processType as ProcessType];
  const over = ['FINISHED', 'ABORTED'].includes(stateOf(operation, now));
  return [
    'Process',
    [
      ['id', operation.id],
      ['service', serviceId],
      ['status', `slp.process.state.${over ? 'FINISHED' : 'ACTIVE'}`],
      ['rootURL', `runs/${serviceId}/${operation.id}`],
      ['displayName', displayName],
      ['description', displayName],
    ],
  ];
}

/** A process is shown as one task, which carries its state and progress. */
export function taskXml(operation: Operation, now: number): Xml {
  const state = stateOf(operation, now);
  const messages = toldBy(operation, now);
  const share = Math.floor((100 * messages.length) / (operation.messages.length + 1));
  return [
    'Task',
    [
      ['id', operation.id],
      ['technicalName', serviceIdOf(operation)],
      ['type', 'slp.task.type.PROCESS'],
      ['status', `slp.task.state.${state}`],
      ['progress', state === 'FINISHED' ? 100 : share],
      [
        'progressMessages',
        messages.map(
          (message): Xml => [
            'ProgressMessage',
            [
              ['id', message.id],
              ['message', message.text],
            ],
          ],
        ),
      ],
      ['startedAt', timestamp(operation.startedAt)],
      state === 'RUNNING' ? undefined : ['finishedAt', timestamp(operation.endsAt)],
      failureOf(operation, now) ? ['error', `tasklist/${operation.id}/error`] : undefined,
      ['logs', `tasklist/${operation.id}/logs`],
      ['refreshRate', 3],
    ],
  ];
}

/** What went wrong, as far as it is told by now. */
export function failureOf(operation: Operation, now: number): Xml | undefined {
  const message = toldBy(operation, now).findLast(({ type }) => type === 'ERROR');
  if (!message || stateOf(operation, now) === 'RUNNING') return undefined;
  return [
    'Error',
    [
      ['id', operation.id],
      ['code', operation.errorType ?? 'UNKNOWN'],
      ['displayName', message.text],
      ['description', message.text],
      ['occurredAt', timestamp(message.at)],
    ],
  ];
}

export function actionsXml(operation: Operation, now: number): Xml {
  return [
    'actions',
    actionsOf(operation, now).map((action): Xml => {
      const type = action === 'retry' ? 'REPEAT' : action.toUpperCase();
      return [
        'Action',
        [
          ['id', action],
          ['action_type', `slp.action.${type}`],
          ['inDialog', false],
          ['active', true],
        ],
      ];
    }),
  ];
}

export function logXml(operation: Operation, now: number): Xml {
  return [
    'Log',
    [
      ['id', LOG_ID],
      ['content', `logs/${LOG_ID}/content`],
      ['format', 'slp.log.format.TEXT'],
      ['lastModified', timestamp(Math.min(now, operation.endsAt))],
      ['size', Buffer.byteLength(logOf(operation, now))],
    ],
  ];
}

function timestamp(at: number): string {
  return new Date(at).toISOString();
}
