import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXIT, EXIT_CODES } from '../src/cli/exit-codes.ts';
import { runProgram } from '../src/cli/program.ts';
import { fakeIo } from '../src/cli/testing/fake-io.ts';
import { fakeParts, fixtureEngine } from '../src/cli/testing/fake-parts.ts';

const folder = path.join(import.meta.dirname, '../examples/schedule');
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

/** Words of a command line of an example, without what a shell or the service puts in. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** Runs what an example calls; the engine has nothing that is due. */
async function call(argv: readonly string[]) {
  const asked: unknown[] = [];
  const engine = fixtureEngine({
    rotate: async (request) => {
      asked.push(request);
      return [];
    },
  });
  return { code: await runProgram(fakeIo(argv), fakeParts(engine).parts), asked };
}

interface CronJob {
  readonly spec: {
    readonly schedule: string;
    readonly jobTemplate: {
      readonly spec: {
        readonly podFailurePolicy: {
          readonly rules: readonly { readonly onExitCodes: { readonly values: number[] } }[];
        };
        readonly template: { readonly spec: { readonly containers: readonly { readonly args: string[] }[] } };
      };
    };
  };
}
interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] };
  readonly jobs: { readonly rotate: { readonly steps: readonly { readonly run?: string }[] } };
}

const cronJob = parse(read('cronjob.yaml')) as CronJob;
const workflow = parse(read('github-actions.yml')) as Workflow;
const service = Object.fromEntries(
  read('locum-rotate.service')
    .split('\n')
    .flatMap((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1, 3).join('\0') ?? [])
    .map((pair) => pair.split('\0') as [string, string]),
);

const commands: readonly (readonly [string, readonly string[]])[] = [
  ['the systemd service', words(service.ExecStart ?? '').slice(1)],
  ['the CronJob', cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.args ?? []],
  ['the workflow', words(workflow.jobs.rotate.steps.find(({ run }) => run?.includes('rotate'))?.run ?? '').slice(2)],
];

test.each(commands)('%s rotates what is due, without a terminal', async (_name, argv) => {
  const { code, asked } = await call(argv);
  expect(code).toBe(EXIT.ok);
  expect(asked).toMatchObject([{ due: true, why: expect.stringContaining('schedule') }]);
});

test('the schedules are daily', () => {
  expect([cronJob.spec.schedule, workflow.on.schedule[0]?.cron]).toEqual(['30 2 * * *', '30 2 * * *']);
  expect(read('locum-rotate.timer')).toMatch(/^OnCalendar=\*-\*-\* 02:30:00$/m);
});

test('what passes by itself is tried again, everything else is for a person; together they are all exit codes of a rotation', () => {
  const again = [EXIT.remote, EXIT.run];
  const never = [EXIT.unexpected, EXIT.usage, EXIT.manifest, EXIT.config, EXIT.plan, EXIT.policy];
  expect(service.Restart).toBe('on-failure');
  expect(service.RestartPreventExitStatus?.split(' ').map(Number)).toEqual(never);
  expect(cronJob.spec.jobTemplate.spec.podFailurePolicy.rules[0]?.onExitCodes.values).toEqual(never);
  const others = new Set<number>([EXIT.ok, EXIT.doctor, EXIT.changes]);
  expect(EXIT_CODES.map(({ code }) => code).filter((code) => !others.has(code))).toEqual(
    [...again, ...never].sort((a, b) => a - b),
  );
});

const analyze = spawnSync('systemd-analyze', ['--version']);
const without = analyze.status === 0 ? '' : ' (systemd-analyze is not installed)';

test.skipIf(without !== '')(`systemd takes the units as they are${without}`, () => {
  const copies = mkdtempSync(path.join(tmpdir(), 'locum-units-'));
  try {
    copyFileSync(path.join(folder, 'locum-rotate.timer'), path.join(copies, 'locum-rotate.timer'));
    // The program is not on this machine.
    const unit = read('locum-rotate.service').replace('/usr/local/bin/locum', process.execPath);
    writeFileSync(path.join(copies, 'locum-rotate.service'), unit);
    const units = ['locum-rotate.service', 'locum-rotate.timer'].map((name) => path.join(copies, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('locum-rotate'))).toEqual([]);
    expect(status).toBe(0);
  } finally {
    rmSync(copies, { recursive: true });
  }
});
