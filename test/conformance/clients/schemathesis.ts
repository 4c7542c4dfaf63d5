import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Client } from '../client.ts';
import type { ConformanceLandscape } from '../landscape.ts';
import { findProgram, run, temporaryFolder } from '../programs.ts';
import { Skip } from '../skip.ts';
import { clientToken, oauthClient } from '../tokens.ts';
import { amendDestinationService, amendTransportManagement, type Description } from './schemathesis-amendments.ts';

const shared = process.env.LOCUM_SHARED ?? path.resolve('..', 'shared');

/** No 5xx, and answers as the description says: status, media type, schema, headers, and 401 without a token. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

interface Described {
  readonly service: string;
  /** In the folder that continuous integration shares with the developers. */
  readonly file: string;
  amend(description: Description): void;
  /** Base URL of the API, and the client whose token opens it. */
  at(landscape: ConformanceLandscape): { readonly url: string; readonly client: z.infer<typeof oauthClient> };
}

const destinationKey = oauthClient.extend({ uri: z.string() });
const transportKey = z.looseObject({ uri: z.string(), uaa: oauthClient });

/** Generates requests from the API description of a service, and judges the answers by it: by LOCUM_SCHEMATHESIS or on the PATH. */
function schemathesis({ service, file, amend, at }: Described): Client {
  return {
    name: `Schemathesis · ${service}`,
    licence: 'MIT',
    free: false,
    async run(landscape, step) {
      const program = await findProgram(['schemathesis', 'st'], { variable: 'LOCUM_SCHEMATHESIS' });
      if (program === undefined) throw new Skip('no schemathesis on the PATH, and LOCUM_SCHEMATHESIS names none');
      const source = path.join(shared, 'specs', file);
      if (!existsSync(source)) throw new Skip(`the API description ${file} is not part of this project`);
      await using folder = await temporaryFolder();
      const description = parse(await readFile(source, 'utf8')) as Description;
      amend(description);
      await writeFile(path.join(folder.path, 'api.json'), JSON.stringify(description));
      const { url, client } = at(landscape);
      const token = await clientToken(landscape, client);
      const settings = `[headers]\nAuthorization = "Bearer ${token}"\n`;
      await writeFile(path.join(folder.path, 'schemathesis.toml'), settings, { mode: 0o600 });
      for (const phase of ['examples', 'coverage', 'fuzzing', 'stateful'])
        await step(phase, async () => {
          const words = ['run', 'api.json', '--url', url, '--phases', phase, '--checks', CHECKS.join(',')];
          const bounds = ['--max-examples', '25', '--seed', '1', '--no-color', '--generation-database', 'none'];
          const env = { ...landscape.environment, HOME: folder.path };
          const { code, stdout, stderr } = await run(program, [...words, ...bounds], {
            env,
            cwd: folder.path,
            timeout: 600_000,
          });
          if (code !== 0) throw new Error(failures(stdout) ?? `exit ${code}`, { cause: `${stdout}\n${stderr}` });
        });
    },
  };
}

/** Which operations fail, and how many. */
function failures(report: string): string | undefined {
  const operations = [...report.matchAll(/^_+ ((?:[A-Z]+ )?\/\S+.*?) _+$/gm)].map(([, operation]) => operation);
  const reasons = [...new Set([...report.matchAll(/^- (.+)$/gm)].map(([, reason]) => reason))];
  return operations.length === 0 ? undefined : `${reasons.join('; ')} at ${operations.join(', ')}`;
}

export const schemathesisDestination = schemathesis({
  service: 'Destination service',
  file: 'destination-service.openapi.yaml',
  amend: amendDestinationService,
  at(landscape) {
    const key = destinationKey.parse(JSON.parse(landscape.credential('ACME_DEV_DESTINATION_KEY')));
    return { url: `${key.uri}/destination-configuration`, client: key };
  },
});

export const schemathesisTransport = schemathesis({
  service: 'Cloud Transport Management',
  file: 'ctms-v2.swagger.yaml',
  amend: amendTransportManagement,
  at(landscape) {
    const key = transportKey.parse(JSON.parse(landscape.credential('ACME_TMS_SERVICE_KEY')));
    return { url: `${key.uri}/v2`, client: key.uaa };
  },
});
