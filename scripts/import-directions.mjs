// Checks which room may import which. TypeScript 7 has no stable API yet that the usual tools could use, and the
// formatted sources have one import form only, so the specifiers are read by pattern.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SLICES = 'ias|trust|accounts|audit|authz|cf|consumers|credstore|destination|ctms|integration|services';

/** [name, files it is about, imports it forbids (may use $1 of the file pattern), why] */
const rules = [
  ['kernel-knows-nothing', /^src\/kernel\//, /^src\/(?!kernel\/)/, 'the kernel knows no system'],
  [
    'kernel-does-no-io',
    /^src\/kernel\//,
    /^(node:(fs|net|http|https|http2|child_process|process|tls|dgram|worker_threads)(\/.*)?|undici)$/,
    'impurity is a parameter',
  ],
  ['emulation-stands-on-the-kernel', /^src\/emulation\//, /^src\/(?!emulation\/|kernel\/)/, 'the kit knows no slice'],
  ['store-stands-on-the-kernel', /^src\/store\//, /^src\/(?!store\/|kernel\/)/, 'the store knows no slice'],
  [
    'systems-are-below-the-rest',
    /^src\/systems\//,
    /^src\/(landscape|store|engine|server|cli|index\.ts)/,
    'imports point one way',
  ],
  [
    'no-slice-imports-another',
    new RegExp(`^src/systems/(${SLICES})/`),
    new RegExp(`^src/systems/(?!$1/)(${SLICES})/`),
    'depend on an address, or move it to protocols/',
  ],
  [
    'protocols-know-no-slice',
    /^src\/systems\/protocols\//,
    new RegExp(`^src/systems/(${SLICES})/`),
    'protocols have no resources',
  ],
  [
    'outsiders-see-the-index',
    /^src\/(systems\/(index|emulators)\.ts|landscape\/|store\/|engine\/|cli\/)/,
    new RegExp(`^src/systems/(${SLICES})/(?!index\\.ts$|emulator/index\\.ts$)`),
    'index.ts is the only door of a slice',
  ],
  [
    'client-sees-no-emulator',
    /^src\/systems\/(?!emulators\.ts)(?!.*\/emulator(\/|\.ts$))/,
    /^src\/(emulation\/|systems\/(emulators\.ts|.*\/emulator(\/|\.ts$)))/,
    'client and emulator share only wire.ts',
  ],
  [
    'emulator-sees-no-client',
    /^src\/systems\/.*\/emulator(\/|\.ts$)/,
    /^src\/systems\/([^/]+|protocols\/[^/]+)\/(?!wire\.ts$|wire\/|emulator\/|emulator\.ts$)[^/]+\.ts$/,
    'client and emulator share only wire.ts',
  ],
  [
    'production-sees-no-emulator',
    /^src\/(engine|store|index\.ts)/,
    /^src\/(emulation|landscape|systems\/emulators)/,
    'real SAP never loads the landscape',
  ],
  ['nothing-imports-the-cli', /^src\/(?!cli\/)/, /^src\/cli\//, 'the commands are thin'],
];

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map((entry) => path.posix.join(entry.parentPath, entry.name));

/** By file, the files of ours that it imports. */
const imports = new Map(files.map((file) => [file, []]));

let broken = 0;
for (const file of files) {
  const source = readFileSync(file, 'utf8');
  for (const [statement, specifier] of source.matchAll(/(?:import type[^;']*from|from|import)\s*\(?\s*'([^']+)'/g)) {
    const target = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
    // What is loaded late closes no circle.
    if (imports.has(target) && !statement.includes('(')) imports.get(file).push(target);
    for (const [name, about, forbidden, why] of rules) {
      const match = about.exec(file);
      if (!match) continue;
      const pattern = new RegExp(forbidden.source.replaceAll('$1', match[1] ?? ''));
      if (!pattern.test(target)) continue;
      console.error(`${file}: imports ${target}: ${name} (${why})`);
      broken++;
    }
  }
}

for (const circle of circles()) {
  console.error(`${circle.join(' and ')} import each other: what both need belongs into a file of its own`);
  broken++;
}
console.log(`import directions: ${files.length} files, ${broken} broken`);
process.exitCode = broken > 0 ? 1 : 0;

/** Files that import each other, be it for their types only, by Tarjan's algorithm. */
function circles() {
  const number = new Map();
  const lowest = new Map();
  const open = [];
  const found = [];
  function visit(file) {
    number.set(file, number.size);
    lowest.set(file, number.get(file));
    open.push(file);
    for (const next of imports.get(file)) {
      if (!number.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file), lowest.get(next)));
    }
    if (lowest.get(file) !== number.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1) found.push(circle);
  }
  for (const file of files) if (!number.has(file)) visit(file);
  return found;
}
