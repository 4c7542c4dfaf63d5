import path from 'node:path';
import type { Client } from '../client.ts';
import { complaintOf, findProgram, run } from '../programs.ts';
import { Skip } from '../skip.ts';

const SCRIPT = path.join(import.meta.dirname, 'cf-python-client.py');

/** The Cloud Foundry client of Python, in the interpreter that LOCUM_CF_PYTHON names or the first on the PATH. */
export const cfPythonClient: Client = {
  name: 'cf-python-client',
  licence: 'Apache-2.0',
  free: false,
  async run(landscape, step) {
    const python = await findProgram(['python3', 'python'], { variable: 'LOCUM_CF_PYTHON' });
    if (python === undefined) throw new Skip('no python3 on the PATH, and LOCUM_CF_PYTHON names none');
    const { code: missing } = await run(python, ['-c', 'import cloudfoundry_client'], { env: {} });
    if (missing !== 0) throw new Skip('no package cloudfoundry-client in this Python');
    const password = await landscape.passwordOf('pipeline');
    const { code, stdout, stderr } = await run(python, [SCRIPT], {
      env: landscape.environment,
      input: `${password}\n`,
    });
    for (const name of stdout.split('\n').filter((line) => line !== '')) await step(name, () => undefined);
    if (code !== 0) await step('next', () => Promise.reject(new Error(complaintOf(stderr))));
  },
};
