import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readXml, writeXml } from './slp-xml.ts';

test('what is written is read back, whatever the text is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const read = readXml(writeXml(['Process', [['id', text]]]));
      expect(read?.child('id')?.text).toBe(text.replace(/\r\n?/g, '\n').trim());
    }),
  );
});

test('any text is read or refused, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      readXml(text);
      readXml(`<a>${text}</a>`);
    }),
  );
});
