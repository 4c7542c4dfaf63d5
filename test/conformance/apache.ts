import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ConformanceLandscape } from './landscape.ts';
import { findProgram, freePort, temporaryFolder } from './programs.ts';
import { CREDENTIAL, OUR_APPLICATION } from './seed.ts';
import { Skip } from './skip.ts';

const MODULES = '/usr/lib/apache2/modules';

/** Milliseconds that Apache gets to listen. */
const PATIENCE = 10_000;

/** Apache with mod_auth_openidc: `/api` takes bearer tokens of an IAS tenant, `/app` lets people sign in there. */
export interface Apache extends AsyncDisposable {
  /** Reaches Apache as if it stood behind a TLS terminator at {@link OUR_APPLICATION}, and the landscape for everything else. */
  readonly fetch: ConformanceLandscape['fetch'];
}

/** @throws Skip where Apache or the module is not installed */
export async function startApache(landscape: ConformanceLandscape, ias: string): Promise<Apache> {
  const program = await findProgram(['apache2', 'httpd'], { more: ['/usr/sbin'] });
  if (program === undefined) throw new Skip('no apache2 here (Debian package apache2)');
  if (!existsSync(path.join(MODULES, 'mod_auth_openidc.so'))) {
    throw new Skip('no mod_auth_openidc here (Debian package libapache2-mod-auth-openidc)');
  }
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const port = await freePort();
  // Workers give up root's rights before they read any of this.
  await chmod(folder, 0o755);
  await copyFile(landscape.addresses.caFile, path.join(folder, 'ca.crt'));
  for (const place of ['api', 'app']) {
    await mkdir(path.join(folder, 'htdocs', place), { recursive: true });
    await writeFile(path.join(folder, 'htdocs', place, 'hello.txt'), `hello from ${place}\n`);
  }
  await writeFile(path.join(folder, 'apache.conf'), configuration(landscape, ias, folder, port), { mode: 0o600 });

  const child = spawn(program, ['-D', 'FOREGROUND', '-f', path.join(folder, 'apache.conf')], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  starting.defer(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  await listening(port, gone, path.join(folder, 'error.log'));
  const started = starting.move();
  return {
    fetch(input, init) {
      const asked = new Request(input, init);
      const { host, pathname, search } = new URL(asked.url);
      if (host !== new URL(OUR_APPLICATION).host) return landscape.fetch(input, init);
      return navigate(`http://127.0.0.1:${port}${pathname}${search}`, asked, host);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function configuration(landscape: ConformanceLandscape, ias: string, folder: string, port: number): string {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc'];
  const root = process.getuid?.() === 0;
  return [
    `ServerRoot "${folder}"`,
    'ServerName conformance.acme.example',
    `Listen 127.0.0.1:${port}`,
    `PidFile "${folder}/apache.pid"`,
    `ErrorLog "${folder}/error.log"`,
    `DocumentRoot "${folder}/htdocs"`,
    `DefaultRuntimeDir "${folder}"`,
    ...modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    ...(root ? ['User www-data', 'Group www-data'] : []),
    `OIDCOutgoingProxy ${new URL(landscape.addresses.proxy).host}`,
    `OIDCCABundlePath "${folder}/ca.crt"`,
    'OIDCXForwardedHeaders X-Forwarded-Proto X-Forwarded-Host',
    `OIDCProviderMetadataURL ${ias}/.well-known/openid-configuration`,
    `OIDCClientID ${landscape.credential(CREDENTIAL.ias.id)}`,
    `OIDCClientSecret "${landscape.credential(CREDENTIAL.ias.secret)}"`,
    'OIDCScope "openid email"',
    'OIDCPKCEMethod S256',
    'OIDCRemoteUserClaim email',
    `OIDCRedirectURI ${OUR_APPLICATION}/app/callback`,
    'OIDCCryptoPassphrase conformance',
    `OIDCOAuthVerifyJwksUri ${ias}/oauth2/certs`,
    'OIDCOAuthRemoteUserClaim sub',
    '<Location /api>',
    '  AuthType oauth20',
    `  Require claim iss:${ias}`,
    '</Location>',
    '<Location /app>',
    '  AuthType openid-connect',
    '  Require valid-user',
    '</Location>',
    '',
  ].join('\n');
}

/** Not by `fetch`, which always says `sec-fetch-mode: cors`, and that gets a 401 where a browser is sent to sign in. */
async function navigate(url: string, asked: Request, host: string): Promise<Response> {
  const { statusCode, headers, body } = await request(url, {
    method: asked.method,
    headers: {
      ...Object.fromEntries(asked.headers),
      'sec-fetch-mode': 'navigate',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
    },
    body: asked.body ? await asked.text() : null,
  });
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value]),
  );
  return new Response(await body.text(), { status: statusCode, headers: pairs });
}

async function listening(port: number, gone: Promise<unknown>, log: string): Promise<void> {
  let ended = false;
  gone.then(() => {
    ended = true;
  });
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline && !ended; await delay(50)) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  throw new Error(`Apache did not start: ${lines.at(-1) ?? ''}`);
}
