#!/usr/bin/env node
// Plain JavaScript for Node 20: runs Locum with the Node that it pins, whatever started this file.
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import path from 'node:path';
import process from 'node:process';

const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  // Keeps the sources without their types, and their byte code: a good part of the start-up time.
  module.enableCompileCache(path.join(import.meta.dirname, '../node_modules/.cache/locum'));
  // In a checkout the sources run as they are; a published package has them compiled, because Node strips no types
  // below node_modules.
  const sources = path.join(import.meta.dirname, '../src/cli/main.ts');
  await import(existsSync(sources) ? sources : '../dist/cli/main.js');
} else await runWithPinnedNode();

async function runWithPinnedNode() {
  const { spawn } = await import('node:child_process');
  const program = pinnedNode();
  if (!program) return fail('its own Node is not installed');
  const child = spawn(program, [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  child.on('error', (error) => fail(`can't run ${program} (${error.code})`));
  child.on('exit', (code, signal) => {
    for (const each of signals) process.off(each, pass);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/** The program of the `node` package, which may be hoisted to a folder above. */
function pinnedNode() {
  try {
    const folder = path.dirname(module.createRequire(import.meta.url).resolve('node/package.json'));
    return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function fail(because) {
  console.error(`locum: ${because}; run \`npm ci\`, or start it with Node 24`);
  process.exitCode = 4;
}
