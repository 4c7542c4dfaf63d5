import process from 'node:process';
import { openLocalWorld } from '../../src/cli/parts/local-world.ts';
import { createRealParts } from '../../src/cli/parts/real-parts.ts';
import { runProgram } from '../../src/cli/program.ts';

// Locum as a process of its own on a landscape that is up, with a clock that is ahead by so many milliseconds:
// node locum.child.ts AHEAD DIRECTORY ARGUMENTS…
const [ahead = '0', directory = '', ...argv] = process.argv.slice(2);
const output = (stream: NodeJS.WriteStream) => ({
  write: (text: string) => void stream.write(text),
  isTTY: false,
  columns: 100,
});
const io = {
  argv,
  env: process.env,
  cwd: process.cwd(),
  stdin: { isTTY: false, [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  who: process.env.LOCUM_WHO ?? 'child',
  pid: process.pid,
  isAlive: () => true,
  onSignal: () => () => undefined,
};
const parts = createRealParts(process.stdin, process.stderr);
const world = await openLocalWorld(directory, io, parts);
const code = await runProgram(io, async () => ({
  ...parts,
  openEngine: (request) => parts.openEngine(request, { ...world, now: () => Date.now() + Number(ahead) }),
}));
process.exit(code);
