import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { blockYaml } from './block-yaml.ts';

test('is YAML as a person would write it', () => {
  const text = blockYaml({
    locum: 1,
    purpose: 'Deploys: by transport',
    password: 'env:FLEET_PASSWORD',
    grants: [{ subaccounts: 'eu-1 dev', cf: { spaces: [{ names: ['app', 'true'], roles: [] }] } }, { none: {} }],
    lists: [['a', 'b']],
  });
  expect(text).toBe(`locum: 1
purpose: "Deploys: by transport"
password: env:FLEET_PASSWORD
grants:
  - subaccounts: eu-1 dev
    cf:
      spaces:
        - names:
            - app
            - "true"
          roles: []
  - none: {}
lists:
  - - a
    - b
`);
});

test('says what it was made of, whatever that is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[a-z :#-]{0,9}$/),
    fc.constantFrom('no', 'Null', '~'),
  );
  const { map } = fc.letrec<{ block: Json; map: JsonObject }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constantFrom(true, false, null),
      fc.array(tie('block'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.dictionary(text, tie('block'), { maxKeys: 3, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(map, (value) => {
      expect(parse(blockYaml(value))).toEqual(value);
    }),
  );
});
