import type { Scenario } from '../../scenarios/step.ts';
import { appRole, capabilities, del, get, jwt, locum, post, write } from './steps.ts';

/** A place of `deliverTo`: looked at, written, written anew, taken away; the path has a neighbour. */
export const place: Scenario = {
  name: 'a place with a neighbour',
  steps: [
    write('secret/data/acme/robot', { note: 'of somebody else' }),
    locum(),
    get('secret/data/acme/robot', '{token}'),
    get('secret/data/acme/robot', '{token}'),
    write(
      'secret/data/acme/robot',
      { note: 'of somebody else', username: 'robot', password: 'made-up-1' },
      1,
      '{token}',
    ),
    get('secret/data/acme/robot', '{token}'),
    get('secret/data/acme/robot', '{token}'),
    write('secret/data/acme/robot', { note: 'of somebody else' }, 2, '{token}'),
  ],
};

export const placeAlone: Scenario = {
  name: 'a place of its own, by JWT',
  steps: [
    jwt('pipeline', '{jwt}', { keep: { token: 'auth.client_token' } }),
    get('secret/data/acme/robot', '{token}'),
    get('secret/data/acme/robot', '{token}'),
    write('secret/data/acme/robot', { username: 'robot', password: 'made-up-1' }, 0, '{token}'),
    get('secret/data/acme/robot', '{token}'),
    del('secret/metadata/acme/robot', '{token}'),
    get('secret/data/acme/robot', '{token}'),
  ],
};

const SEALED = Buffer.from('sealed').toString('base64');

/** Payloads of the vault: asked for, written, read, listed, removed. */
export const payloads: Scenario = {
  name: 'payloads',
  steps: [
    locum(),
    capabilities('{token}', 'secret/data/locum/locum'),
    write('secret/data/locum/f00/acme/a/1-aa', { sealed: SEALED }, 0, '{token}'),
    get('secret/data/locum/f00/acme/a/1-aa?version=1', '{token}'),
    get('secret/metadata/locum/f00?list=true', '{token}'),
    get('secret/metadata/locum/f00/acme?list=true', '{token}'),
    get('secret/metadata/locum/f00/acme/a?list=true', '{token}'),
    del('secret/metadata/locum/f00/acme/a/1-aa', '{token}'),
    get('secret/data/locum/f00/acme/a/1-aa?version=1', '{token}'),
    get('secret/metadata/locum/f00?list=true', '{token}'),
  ],
};

/** A token ends in the middle of a command: only the lookup of itself tells that from a right that is missing. */
export const tokenEnds: Scenario = {
  name: 'a token that ends',
  steps: [
    locum(),
    get('secret/data/acme/robot', '{token}'),
    post('auth/token/revoke-self', {}, '{token}'),
    get('secret/data/acme/robot', '{token}'),
    get('auth/token/lookup-self', '{token}'),
    locum('other'),
    get('secret/data/acme/robot', '{other}'),
  ],
};

export const rightMissing: Scenario = {
  name: 'a right that is missing',
  steps: [locum(), get('secret/data/elsewhere', '{token}'), get('auth/token/lookup-self', '{token}')],
};

/** A secret ID that may look itself up. */
export const secretIdEnds: Scenario = {
  name: 'a secret ID with an end',
  steps: [
    appRole('role-of-lookups', 'secret-for-an-hour', { keep: { token: 'auth.client_token' } }),
    post('auth/approle/role/administrator/secret-id/lookup', { secret_id: 'secret-for-an-hour' }, '{token}'),
  ],
};
