import { runProgram } from '../program.ts';
import { type FakeIoOptions, fakeIo } from './fake-io.ts';
import { fakeParts } from './fake-parts.ts';

interface Setup extends FakeIoOptions {
  /** @default parts around an engine of fixtures */
  readonly parts?: ReturnType<typeof fakeParts>['parts'];
}

/** Runs a command line, its words separated by spaces, in a process that writes into memory. */
export async function locum(line: string, { parts = fakeParts().parts, ...options }: Setup = {}) {
  const io = fakeIo(line.split(' ').filter(Boolean), options);
  const code = await runProgram(io, parts);
  return { code, out: io.out(), err: io.err() };
}
