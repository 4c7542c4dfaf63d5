import { spawn } from 'node:child_process';
import { z } from 'zod';
import { ConfigError, RemoteError } from '../../../kernel/errors.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import type { Copy } from '../../protocols/copies/place.ts';
import { definePlace } from '../place.ts';

/** Where programs are looked for; nothing of our own environment is handed on, since secrets may stand in it. */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin';

const line = z.tuple([z.string().min(1)], z.string());
const target = z
  .strictObject({
    to: z.literal('command'),
    run: line.describe('Program and arguments, without a shell; gets the secret on its standard input'),
    check: line
      .optional()
      .describe('Gets the same on its standard input; ends with 0 when it is in place, with 1 when it is not'),
    remove: line.optional().describe('Takes the secret away again, when the place has left the manifest'),
    timeout: z
      .number()
      .positive()
      .max(3600)
      .default(60)
      .describe('Seconds after which a program that has not ended is killed'),
    env: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string())
      .default({})
      .describe('Environment: texts, or references env:NAME, file:PATH, vault:NAME'),
  })
  .describe('A command of yours');
type CommandTarget = z.infer<typeof target>;

/** A command of the user's: the secret goes to its standard input, never into arguments or environment. */
export const command = definePlace<CommandTarget>({
  kind: 'command',
  target,
  title: ({ run }) => `the command ${run[0]}`,
  segments: ({ run }) => run,

  async look({ check, env, timeout }, expected, ctx) {
    if (!check || !expected) return { is: 'opaque' };
    const code = await runCommand(check, expected, { env: await environment(env, ctx), timeout });
    return code === 0 || code === 1 ? { is: 'compared', same: code === 0 } : { is: 'opaque' };
  },

  async write({ run, env, timeout }, copy, ctx) {
    const code = await runCommand(run, copy, { env: await environment(env, ctx), timeout });
    if (code !== 0) throw failed(run[0], code, timeout);
    return { command: run[0], version: copy.version };
  },

  async remove({ remove, env, run, timeout }, copy, ctx) {
    if (!remove) {
      throw new ConfigError('ERR_CONFIG', `Locum does not know how to take away what ${run[0]} has written`, {
        remedy: 'declare the place again with `remove`, apply, then take it out of the manifest',
      });
    }
    const code = await runCommand(remove, copy, { env: await environment(env, ctx), timeout });
    if (code !== 0) throw failed(remove[0], code, timeout);
    return { command: remove[0] };
  },
});

/** How a program ended: by its exit code, or killed since its time was over. */
type Ending = number | 'out of time';

function failed(program: string, ending: Ending, timeout: number): RemoteError {
  const late = ending === 'out of time';
  return new RemoteError(late ? 'ERR_REMOTE_OUTCOME_UNKNOWN' : 'ERR_REMOTE_REFUSED', {
    system: 'consumers',
    operation: `run ${program}`,
    serviceCode: late ? `not ended after ${timeout} s, and killed` : `exit code ${ending}`,
    // It may have done a part of its work.
    outcome: 'unknown',
    remedy: late
      ? 'run it by hand to see what it waits for; if it needs so long, give the place a longer `timeout`'
      : 'run it by hand to see what it says: Locum keeps its output from everybody, since the secret may be in it',
  });
}

async function environment(env: CommandTarget['env'], ctx: SystemContext): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(env).map(async ([name, value]) => {
    const text = /^(env|file|vault):/.test(value) ? (await ctx.secret(value)).reveal() : value;
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Output is thrown away. */
function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  copy: Pick<Copy, 'name' | 'login'> & Partial<Pick<Copy, 'version' | 'secret'>>,
  { env, timeout }: { readonly env: Readonly<Record<string, string>>; readonly timeout: number },
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: timeout * 1000,
      killSignal: 'SIGKILL',
      env: {
        PATH: SEARCH_PATH,
        LOCUM_SECRET: copy.name,
        ...(copy.version === undefined ? {} : { LOCUM_VERSION: String(copy.version) }),
        ...(copy.login === undefined ? {} : { LOCUM_LOGIN: copy.login }),
        ...env,
      },
    });
    child.on('error', (cause) =>
      reject(
        new ConfigError('ERR_CONFIG', `the command ${program} can't be started`, {
          remedy: 'name it by its whole path',
          cause,
        }),
      ),
    );
    child.on('close', (code) => resolve(child.killed ? 'out of time' : (code ?? 128)));
    // A program that does not read its input closes it early.
    child.stdin.on('error', () => undefined);
    child.stdin.end(copy.secret?.reveal() ?? '');
  });
}
