import type { Scenario } from '../../scenarios/step.ts';
import { appRole, get, jwt, locum, post, write } from './steps.ts';

const lookUp = (role: string, secretId: string, token: string) =>
  post(`auth/approle/role/${role}/secret-id/lookup`, { secret_id: secretId }, token);

export const appRoles: Scenario = {
  name: 'AppRole',
  steps: [
    locum(),
    appRole('role-of-locum', 'wrong'),
    appRole('nobody', 'app-role-secret'),
    appRole('role-of-locum', ''),
    appRole('', ''),
    post('auth/approle/login', {}, ''),
    post('auth/nowhere/login', {}, ''),
    appRole('role-that-ends', 'app-role-secret'),
    appRole('role-that-ends', 'secret-used-once'),
    appRole('role-that-ends', 'secret-used-once'),
    appRole('role-that-ends', 'secret-of-elsewhere'),
    appRole('role-that-ends', 'secret-of-here', { keep: { short: 'auth.client_token' } }),
    get('auth/token/lookup-self', '{short}'),
    appRole('role-that-ends', 'secret-that-ends', { wait: 3 }),
    get('auth/token/lookup-self', '{short}'),
    get('secret/data/acme/one', '{short}'),
  ],
};

/** What the server tells of a secret ID, to whom may ask. */
export const secretIds: Scenario = {
  name: 'secret IDs',
  steps: [
    appRole('role-of-lookups', 'secret-of-lookups', { keep: { administrator: 'auth.client_token' } }),
    lookUp('locum', 'app-role-secret', '{administrator}'),
    lookUp('ending', 'secret-of-here', '{administrator}'),
    lookUp('ending', 'secret-used-once', '{administrator}'),
    lookUp('ending', 'wrong', '{administrator}'),
    lookUp('nobody', 'app-role-secret', '{administrator}'),
    locum(),
    lookUp('locum', 'app-role-secret', '{token}'),
  ],
};

export const jwts: Scenario = {
  name: 'JWT',
  steps: [
    jwt('pipeline', '{jwt}', { keep: { token: 'auth.client_token' } }),
    get('auth/token/lookup-self', '{token}'),
    write('secret/data/acme/one', { a: '1' }, 0, '{token}'),
    jwt('nobody', '{jwt}'),
    jwt('pipeline', ''),
    jwt('pipeline', 'no-jwt'),
    jwt('pipeline', '{jwt-expired}'),
    jwt('pipeline', '{jwt-elsewhere}'),
    jwt('pipeline', '{jwt-foreign}'),
    jwt('pipeline', '{jwt-of-another}'),
    jwt('pipeline', '{jwt-forged}'),
  ],
};

export const tokens: Scenario = {
  name: 'tokens',
  steps: [
    locum(),
    get('auth/token/lookup-self', '{token}'),
    get('auth/token/lookup-self'),
    post('auth/token/renew-self', {}, '{token}'),
    post('auth/token/revoke-self', {}, '{token}'),
    get('auth/token/lookup-self', '{token}'),
    get('secret/data/locum/one', '{token}'),
    post('auth/token/revoke-self', {}, '{token}'),
    get('auth/token/lookup-self', 's.nobody'),
    get('auth/token/lookup-self', ''),
    get('secret/data/acme/one', 's.nobody'),
    get('secret/data/acme/one', ''),
    post('sys/capabilities-self', { paths: ['secret/data/locum/x'] }, 's.nobody'),
    get('nowhere/data/acme/one', 's.nobody'),
  ],
};
