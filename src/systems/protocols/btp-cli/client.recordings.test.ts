import { expect, test } from 'vitest';
import {
  answeredBy,
  judgeByClient,
  requestDifferences,
  schemaOf,
} from '../../../../test/replay/btp-cli/client-judge.ts';
import { operationOf, paramsOf, type Recording, succeeded } from '../../../../test/replay/btp-cli/recorded.ts';
import { sharedRecordings } from '../../../../test/replay/files.ts';
import { readHierarchy } from '../../accounts/client.ts';
import { environmentLabels } from '../../accounts/wire.ts';
import {
  assignRoleCollection,
  listAssignedUsers,
  listRoleCollections,
  unassignRoleCollection,
} from '../../authz/client.ts';
import { listPlatformTrusts } from '../../trust/client.ts';
import type { BtpSession } from './client.ts';

const { recorded, missing } = sharedRecordings('btp-cli-server.jsonl');
const recordings = [...recorded.btpCli.values()].flat();
const successes = recordings.filter((recording) => recording.command !== null && succeeded(recording));
const readable = successes.filter((recording) => schemaOf(recording) !== undefined);

const label = (recording: Recording) => `${recording.cassette}#${recording.index} ${operationOf(recording)}`;

test.skipIf(missing !== undefined)(
  `sends ${recordings.length} recorded logins and commands byte by byte, judges both layers of status, and reads ${readable.length} answers by the slices' schemas${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const wrong: string[] = [];
    for (const all of recorded.btpCli.values()) {
      for (const [at, { because }] of (await judgeByClient(all)).entries()) {
        const recording = all[at];
        if (recording) wrong.push(...because.map((what) => `${label(recording)}: ${what}`));
      }
    }
    expect(wrong).toEqual([]);
    expect(readable.length).toBeGreaterThan(missing === undefined ? 100 : -1);
  },
);

const environments = successes.filter((recording) => operationOf(recording) === 'accounts/environment-instance?get');

test.skipIf(missing !== undefined)(`finds the org in ${environments.length} recorded environment instances`, () => {
  for (const { responseBody } of environments) {
    const labels = environmentLabels.parse(JSON.parse((responseBody as { labels: string }).labels));
    expect(labels['API Endpoint']).toMatch(/^https:\/\/api\.cf\./);
  }
});

/** The calls of our slices, and the recordings that they have to equal. */
const SLICES: Readonly<
  Record<string, (session: BtpSession, params: Readonly<Record<string, string>>) => Promise<unknown>>
> = {
  'accounts/global-account?get': (session) => readHierarchy(session),
  'security/trust?list': (session) => listPlatformTrusts(session),
  'security/role-collection?list': (session, params) => listRoleCollections(session, zoneOf(params)),
  'security/role-collection?get': (session, params) =>
    listAssignedUsers(session, zoneOf(params), params.roleCollectionName ?? ''),
  'security/role-collection?assign': (session, params) => assignRoleCollection(session, assignmentOf(params)),
  'security/role-collection?unassign': (session, params) => unassignRoleCollection(session, assignmentOf(params)),
};

function zoneOf({ directory, subaccount }: Readonly<Record<string, string>>) {
  if (subaccount !== undefined) return { kind: 'subaccount', name: '', guid: subaccount } as const;
  return directory === undefined
    ? ({ kind: 'global-account', name: '-' } as const)
    : ({ kind: 'directory', name: '', guid: directory } as const);
}

function assignmentOf(params: Readonly<Record<string, string>>) {
  const { userName = '', origin = '', roleCollectionName = '' } = params;
  return { zone: zoneOf(params), userName, originKey: origin, roleCollection: roleCollectionName };
}

const ours = successes.filter((recording) => {
  const params = paramsOf(recording);
  if (!(operationOf(recording) in SLICES)) return false;
  if (recording.command === 'accounts/global-account') return params.showHierarchy === 'true';
  if (recording.command === 'security/trust') return 'globalAccount' in params;
  if (recording.action === 'get') return params.showUserAssignments === 'true';
  return recording.action === 'list' || 'userName' in params;
});

test.skipIf(missing !== undefined)(
  `the slices send ${ours.length} recorded commands as the reference client does`,
  async () => {
    const wrong: string[] = [];
    for (const recording of ours) {
      const { open, sent } = answeredBy(recording);
      await SLICES[operationOf(recording)]?.(await open(), paramsOf(recording));
      wrong.push(...requestDifferences(recording, sent[0]).map((what) => `${label(recording)}: ${what}`));
    }
    expect(wrong).toEqual([]);
  },
);
