import type { Scenario } from '../../scenarios/step.ts';
import { del, get, post, write } from './steps.ts';

const versions = (...numbers: readonly number[]) => ({ versions: numbers });

/** Versions of a path of KV version 2, as they come and go. */
export const kvVersions: Scenario = {
  name: 'versions',
  steps: [
    get('secret/data/acme/one'),
    write('secret/data/acme/one', { a: '1' }, 1),
    write('secret/data/acme/one', { a: '1' }, 0),
    write('secret/data/acme/one', { a: '1' }, 0),
    get('secret/data/acme/one'),
    write('secret/data/acme/one', { a: '2', b: 'ü "<&>' }, 1),
    write('secret/data/acme/one', { a: '2' }, 1),
    write('secret/data/acme/one', { a: '3' }),
    get('secret/data/acme/one'),
    get('secret/data/acme/one?version=1'),
    get('secret/data/acme/one?version=2'),
    get('secret/data/acme/one?version=0'),
    get('secret/data/acme/one?version=9'),
    del('secret/data/acme/one'),
    get('secret/data/acme/one'),
    get('secret/data/acme/one?version=2'),
    post('secret/undelete/acme/one', versions(3)),
    get('secret/data/acme/one'),
    del('secret/data/acme/one'),
    write('secret/data/acme/one', { a: '4' }, 0),
    write('secret/data/acme/one', { a: '4' }, 3),
    get('secret/data/acme/one?version=3'),
    post('secret/destroy/acme/one', versions(4)),
    get('secret/data/acme/one'),
    post('secret/undelete/acme/one', versions(4)),
    get('secret/data/acme/one'),
    write('secret/data/acme/one', { a: '5' }, 4),
    del('secret/metadata/acme/one'),
    get('secret/data/acme/one'),
    get('secret/data/acme/one?version=1'),
    del('secret/metadata/acme/one'),
    write('secret/data/acme/one', { a: '1' }, 0),
    post('secret/data/acme/one', {}),
    post('secret/data/acme/one', { options: { cas: 1 } }),
    { ...post('secret/data/acme/one', {}), json: undefined, body: 'x' },
    write('secret/data/acme/one', {}, 1),
    get('secret/data/acme/one'),
  ],
};

/** Names of paths, and what lies below one. */
export const kvPaths: Scenario = {
  name: 'paths',
  steps: [
    get('secret/metadata/?list=true'),
    get('secret/metadata/locum/none?list=true'),
    write('secret/data/locum/f00/acme/b/1-aa', { sealed: 'YQ==' }, 0),
    write('secret/data/locum/f00/acme/a/1-aa', { sealed: 'YQ==' }, 0),
    write('secret/data/locum/f00/acme/a/2-bb', { sealed: 'YQ==' }, 0),
    write('secret/data/locum/f00/acme/a', { sealed: 'YQ==' }, 0),
    get('secret/metadata/locum?list=true'),
    get('secret/metadata/locum/f00/acme?list=true'),
    get('secret/metadata/locum/f00/acme/?list=true'),
    get('secret/metadata/locum/f00/acme/a?list=true'),
    { ...get('secret/metadata/locum/f00/acme/a'), method: 'LIST' },
    write('secret/data/locum/f00/a%20b%3Fc%23d%252F', { sealed: 'Yg==' }, 0),
    get('secret/data/locum/f00/a%20b%3Fc%23d%252F'),
    write('secret/data/locum/f00/%C3%A4', { sealed: 'Yw==' }, 0),
    get('secret/data/locum/f00/%C3%A4'),
    write('secret/data/locum/f00/%25', { sealed: 'ZA==' }, 0),
    write('secret/data/locum/f00/%252E%252E/1-aa', { sealed: 'ZQ==' }, 0),
    write('secret/data/locum/f00/robot@sap-test.de', { sealed: 'Zg==' }, 0),
    get('secret/metadata/locum/f00?list=true'),
    get('secret/metadata/locum/f00/%252E%252E?list=true'),
    del('secret/metadata/locum/f00/acme/a/1-aa'),
    get('secret/data/locum/f00/acme/a/1-aa'),
    get('secret/metadata/locum/f00/acme/a?list=true'),
    del('secret/data/locum/f00/acme/a/2-bb'),
    get('secret/metadata/locum/f00/acme/a?list=true'),
    write('group/kv/data/acme/one', { a: '1' }, 0),
    get('group/kv/data/acme/one'),
    get('group/kv/metadata/?list=true'),
    get('nowhere/data/acme/one'),
    write('nowhere/data/acme/one', { a: '1' }, 0),
    get('nowhere/metadata/locum?list=true'),
  ],
};

/** What an engine or a server does not take. */
export const kvLimits: Scenario = {
  name: 'limits',
  steps: [
    write('strict/data/one', { a: '1' }),
    write('strict/data/one', { a: '1' }, 0),
    write('strict/data/one', { a: '2' }),
    write('strict/data/one', { a: '2' }, 1),
    write('short/data/one', { a: '1' }, 0),
    write('short/data/one', { a: '2' }, 1),
    write('short/data/one', { a: '3' }, 2),
    get('short/data/one'),
    get('short/data/one?version=2'),
    get('short/data/one?version=1'),
    write('short/data/one', { a: '4' }, 3),
    get('short/data/one?version=2'),
    write('secret/data/acme/big', { a: 'a'.repeat(20_000) }, 0),
    get('secret/data/acme/big'),
  ],
};

/** An engine of KV version 1 where version 2 was meant. */
export const kvOld: Scenario = {
  name: 'KV version 1',
  steps: [
    get('old/data/acme/one'),
    write('old/data/acme/one', { a: '1' }, 0),
    get('old/data/acme/one'),
    write('old/data/acme/one', { a: '2' }, 0),
    get('old/metadata/acme?list=true'),
    get('old/data/acme?list=true'),
    del('old/metadata/acme/one'),
    del('old/data/acme/one'),
    get('old/data/acme/one'),
  ],
};
