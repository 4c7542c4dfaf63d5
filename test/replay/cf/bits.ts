import { strToU8, zipSync } from 'fflate';
import { listAt, textAt } from './json.ts';
import type { Interaction } from './recorded.ts';

/** A file for which each buildpack looks; an app of whatever other buildpack is pushed as one of Node.js. */
const FILES: Readonly<Record<string, string>> = {
  staticfile_buildpack: 'Staticfile',
  java_buildpack: 'WEB-INF/web.xml',
  ruby_buildpack: 'Gemfile',
  go_buildpack: 'go.mod',
  python_buildpack: 'requirements.txt',
  php_buildpack: 'composer.json',
};

/**
 * What stands for the bits that were uploaded and are lost in recordings, as they were no text: a form with an app that the same buildpack
 * takes, or with a buildpack of the same name. Undefined for calls that upload neither.
 */
export function standInBits(row: Interaction, later: readonly Interaction[]): FormData | undefined {
  const { pathname } = new URL(row.url);
  const [, kind, guid] = /^\/v3\/(packages|buildpacks)\/([^/]+)\/upload$/.exec(pathname) ?? [];
  if (row.method !== 'POST' || guid === undefined) return undefined;
  if (kind === 'buildpacks') {
    return formWith('bin/detect', /filename="([^"]+)"/.exec(String(row.request_body))?.[1] ?? 'buildpack.zip');
  }
  const builds = later
    .map(({ response_body: body }) => body)
    .filter((body) => textAt(body, 'package', 'guid') === guid);
  const [buildpack] = builds.flatMap((body) => listAt(body, 'lifecycle', 'data', 'buildpacks'));
  return formWith(FILES[String(buildpack)] ?? 'package.json', 'package.zip');
}

function formWith(file: string, name: string): FormData {
  const form = new FormData();
  form.set('bits', new Blob([zipSync({ [file]: strToU8('{}') })]), name);
  return form;
}
