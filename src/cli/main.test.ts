import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bin = path.join(import.meta.dirname, '../../bin/locum.js');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function spawned(file: string, args: readonly string[]): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(file, args)) };
  } catch (error) {
    return error as Ended;
  }
}

test('a mistyped command suggests the nearest and exits with 2', async () => {
  const { code, stdout, stderr } = await spawned(process.execPath, [bin, 'paln']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Did you mean plan?');
});

test('explain --json is JSON and exits with 0', async () => {
  const { code, stdout } = await spawned(process.execPath, [bin, 'explain', 'ERR_POLICY', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ code: 'ERR_POLICY' });
});

test('a manifest that is not there exits with 3, without a store or a network', async () => {
  const { code, stderr } = await spawned(process.execPath, [bin, 'lint', '-m', '/nowhere/locum.yaml']);
  expect(code).toBe(3);
  expect(stderr).toContain("can't read /nowhere/locum.yaml");
});

test('the completion script loads in bash and completes commands, options and choices', async () => {
  const script = `
    source <("$0" "$1" completion bash)
    try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _locum; echo "\${COMPREPLY[*]}"; }
    try locum pl; try locum vault ro; try locum plan --max; try locum -m x.yaml doc; try locum env --shell f; try locum exec a -- --`;
  const { code, stdout, stderr } = await spawned('bash', ['-c', script, process.execPath, bin]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual(['plan', 'rotate-key', '--max-removals', 'doctor', 'fish', '', '']);
});

test.for(['zsh', 'fish'])('the completion script is good %s', async (shell, { skip }) => {
  if ((await spawned(shell, ['-c', 'true'])).code !== 0) skip(`${shell} is not installed`);
  const { stdout } = await spawned(process.execPath, [bin, 'completion', shell]);
  const { code, stderr } = await spawned(shell, ['-n', '-c', stdout]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
