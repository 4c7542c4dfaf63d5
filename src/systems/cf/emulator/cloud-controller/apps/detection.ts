/** What the files of an app tell to those who detect it. */
interface Files {
  /** Paths from the root of the app; those of folders, where they stand for themselves, end with `/`. */
  readonly names: readonly string[];
  /** Text of `META-INF/MANIFEST.MF`. @default there is none */
  readonly manifest?: string | undefined;
}

/**
 * When which buildpack takes an app, by its files: `bin/detect` of cloudfoundry's buildpacks in the versions of the catalogue
 * (staticfile 1.6.18, java 4.71.0, nodejs 1.8.30, go 1.10.24, python 1.8.30, php 4.6.25, nginx 1.2.20), ruby 46b7507 and dotnet-core
 * 9c2b116. What they ask of variables (`GOPACKAGENAME`, `BUNDLE_GEMFILE`, `COMPOSER_PATH`, `JBP_CONFIG_JAVA_MAIN`) nobody has set.
 */
const DETECTION: Readonly<Record<string, (files: Files) => boolean>> = {
  staticfile: ({ names }) => names.includes('Staticfile'),
  java: isJava,
  ruby: ({ names }) => names.includes('Gemfile'),
  'dotnet-core': has(/^[^/]+\.runtimeconfig\.json$|\.(cs|fs|vb)proj$/),
  nodejs: ({ names }) => names.includes('package.json'),
  go: (files) =>
    has(/^(Godeps(\/Godeps\.json)?|vendor\/vendor\.json|glide\.yaml|Gopkg\.toml|\.godir|go\.mod)$/)(files) ||
    has(/^src\/.+\/[^/]+\.go$/)(files) ||
    (has(/^vendor\//)(files) && has(/\.go$/)(files)),
  python: has(/^(requirements\.txt|setup\.py|environment\.yml|Pipfile)$/),
  php: has(/^composer\.json$|^htdocs(\/|$)|\.php$/),
  binary: () => false,
  nginx: ({ names }) => names.includes('nginx.conf'),
};

/** Kinds of buildpacks that say yes, such as `nodejs`. That SAP's for Java say no is assumed. */
export function kindsIn(files: Files): readonly string[] {
  return Object.entries(DETECTION).flatMap(([kind, detects]) => (detects(files) ? [kind] : []));
}

/** `nodejs` of `nodejs_buildpack`, as the buildpack calls itself (`language` of its manifest); undefined where it is none of cloudfoundry's. */
export function kindOf(buildpack: string): string | undefined {
  const kind = buildpack.replace(/[-_]buildpack$/, '').replaceAll('_', '-');
  return Object.hasOwn(DETECTION, kind) ? kind : undefined;
}

function has(pattern: RegExp): (files: Files) => boolean {
  return ({ names }) => names.some((name) => pattern.test(name));
}

/**
 * Containers of the Java buildpack: a main class, a web application, Groovy, whose scripts are not read here, and what was built as
 * a distribution: a start script with jars beside it, perhaps in the only folder (Play before 2.2 has its script without a `bin`).
 */
function isJava(files: Files): boolean {
  if (/^Main-Class:/m.test(files.manifest ?? '') || has(/^WEB-INF\/|\.groovy$/)(files)) return true;
  const folders = new Set(files.names.flatMap((name) => /^[^./][^/]*\//.exec(name) ?? []));
  const root = folders.size === 1 ? ([...folders][0] ?? '') : '';
  const names = files.names.flatMap((name) => (name.startsWith(root) ? [name.slice(root.length)] : []));
  const scripts = names.filter((name) => /^bin\/[^/]+$/.test(name));
  const started = scripts.length === 1 || scripts.some((name) => names.includes(`${name}.bat`));
  const jars = names.some((name) => /^lib\/.+\.jar$/.test(name));
  const play = names.includes('start') && names.some((name) => /^(lib|staged)\/[^/]*play_[^/]*-[^/]*\.jar$/.test(name));
  return (started && jars) || play;
}
