// What `npm start`, `npm test`, `npm run bench` and `npm run conformance` call: installs what is missing, then runs with the pinned Node.
// Plain JavaScript for Node 20, without a dependency: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const bin = path.join(root, 'node_modules/.bin');
/** The Node of the `node` package, whatever the system's own is. */
const pinnedNode = path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

const tasks = {
  install: () => 0,
  start: (args) => run(pinnedNode, ['bin/locum.js', 'start', ...args]),
  test: runTests,
  bench: (args) => run(pinnedNode, ['test/bench/main.ts', ...args]),
  conformance: (args) => run(pinnedNode, ['test/conformance/main.ts', ...args]),
  soak: (args) => run(pinnedNode, ['test/soak/main.ts', ...args]),
  replay: (args) =>
    run(pinnedNode, ['test/replay/main.ts', ...args.map((word) => (word.startsWith('-') ? word : path.resolve(word)))]),
};

const [name = '', ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [ARGUMENT…]`);
  process.exitCode = 2;
} else {
  process.exitCode = (await installMissing()) || (await task(args));
}

/** Runs `npm ci` when what is installed is not what package-lock.json asks for. Gives its exit code. */
async function installMissing() {
  const reason = whyInstall();
  if (reason === undefined) return 0;
  say(`installing the packages of package-lock.json (${reason}), this takes about a minute …`);
  const started = Date.now();
  const heartbeat = setInterval(() => say(`still installing (${Math.round((Date.now() - started) / 1000)} s)`), 15_000);
  // npm tells its script runner where it is; without one the `npm` of the PATH is as good.
  const npm = process.env.npm_execpath;
  const install = (...words) => {
    const all = [...words, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    return npm?.endsWith('.js')
      ? run(process.execPath, [npm, ...all], { output: 'stderr' })
      : run('npm', all, { output: 'stderr', shell: process.platform === 'win32' });
  };
  let code = await install('ci');
  if (code !== 0) {
    // npm ci refuses a lock file without the packages of every platform, which npm itself writes at times.
    say('npm ci failed, trying npm install, which leaves package-lock.json as it is …');
    code = await install('install', '--no-save');
  }
  clearInterval(heartbeat);
  if (code === 0 && !existsSync(pinnedNode)) {
    say(`the package 'node' was installed without its program: allow its install script (npm config ignore-scripts)`);
    return 1;
  }
  say(code === 0 ? `installed in ${Math.round((Date.now() - started) / 1000)} s` : `the installation failed (${code})`);
  return code;
}

/** npm keeps a lock file of what it has installed, written when an installation is complete. */
function whyInstall() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!installed) return 'nothing is installed';
  if (!existsSync(pinnedNode)) return 'the pinned Node is missing';
  for (const [place, { version, integrity, optional }] of Object.entries(wanted ?? {})) {
    if (place === '') continue;
    const found = installed[place];
    // Optional packages are those of other platforms.
    if (!found && optional) continue;
    if (!found) return `${place} is missing`;
    // An installation that was cut short can leave the list without the packages.
    if (!existsSync(path.join(root, place))) return `${place} is not there`;
    if (found.version !== version || found.integrity !== integrity) return `${place} is another version`;
  }
  return undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs the suite; the very last line on stdout counts it. */
async function runTests(args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-test-'));
  const report = path.join(folder, 'report.json');
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run(pinnedNode, [vitest, 'run', ...reporters, ...args]);
    const { passed, failed, skipped } = countsOf(report, code);
    const ok = code === 0 && failed === 0 && passed > 0;
    if (failed === 0 && passed === 0) say('no test ran');
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    return ok ? 0 : code || 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf(report, code) {
  let failed = 0;
  let passed = 0;
  let skipped = 0;
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed = result.numPassedTests;
    skipped = result.numPendingTests + result.numTodoTests;
    // A file that can't be loaded has no tests; it counts as one that failed.
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
    );
    failed = result.numFailedTests + broken.length;
  }
  // An error outside of every test, or a crash of the runner, is a failure too.
  if (code !== 0 && failed === 0) failed = 1;
  return { passed, failed, skipped };
}

/** Runs a program in the project's folder; signals are passed on. Gives its exit code. */
function run(command, words, { output = 'inherit', shell = false } = {}) {
  const child = spawn(command, words, {
    cwd: root,
    stdio: ['inherit', output === 'stderr' ? 2 : 'inherit', 'inherit'],
    shell,
    // Programs that are started below find the pinned Node first.
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  const orphaned = whenOrphaned(() => pass('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const each of signals) process.off(each, pass);
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15));
    });
  });
}

/** The shell in which npm runs a script does not pass signals on: who kills npm means us as well. */
function whenOrphaned(act) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) act();
  }, 500).unref();
}

function say(text) {
  console.error(`locum: ${text}`);
}
