import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEnvelope, quoteLongIntegers } from '../../src/tiktok/envelope.js';

const parse = (json: string): unknown => JSON.parse(quoteLongIntegers(json));

describe('the integers of an answer', () => {
  it('keep every digit when they have 16 or more of them', () => {
    expect(
      parse('{"id":9223372036854775807,"ids":[7000000000000000001, -9223372036854775808],"n":195365792}'),
    ).toEqual({
      id: '9223372036854775807',
      ids: ['7000000000000000001', '-9223372036854775808'],
      n: 195365792,
    });
    expect(parse('1234567890123456')).toBe('1234567890123456');
    expect(parse('123456789012345')).toBe(123456789012345);
  });

  it('are left alone inside of strings, whatever those hold', () => {
    const name = 'id "7000000000000000001", {"a":7000000000000000001} \\" \\\\';
    expect(parse(JSON.stringify({ [name]: name }))).toEqual({ [name]: name });
  });

  it('are not mistaken for parts of fractions and powers', () => {
    const json = '[0.12345678901234567890, 1234567890123456789.5, 1e20, 1234567890123456789E0, -0.0]';
    expect(parse(json)).toEqual(JSON.parse(json));
  });

  it('change nothing else of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        const expected = JSON.parse(json, (_key, item) =>
          typeof item === 'number' && /^-?\d{16,}$/.test(JSON.stringify(item)) ? JSON.stringify(item) : item,
        );
        expect(parse(json)).toEqual(expected);
      }),
    );
  });

  it('survive as text wherever they stand', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 15n, max: 2n ** 63n - 1n }), fc.string(), (id, name) => {
        expect(parse(`{${JSON.stringify(name)}:[${id},{"id":${id}}]}`)).toEqual({
          [name]: [String(id), { id: String(id) }],
        });
      }),
    );
  });

  it('do not turn text that is no JSON into JSON', () => {
    for (const text of [
      '01234567890123456789',
      '--1234567890123456',
      '1234567890123456x',
      '"a"1234567890123456',
    ]) {
      expect(() => parse(text)).toThrow(SyntaxError);
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789"\\{}[],:.-e ') }), (text) => {
        const isJson = (json: string) => {
          try {
            JSON.parse(json);
            return true;
          } catch {
            return false;
          }
        };
        expect(isJson(quoteLongIntegers(text))).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are found in time in a long answer', () => {
    const list = Array.from({ length: 20_000 }, (_, n) => ({ id: `${n}`, name: '\\"'.repeat(50), n }));
    expect(parse(JSON.stringify(list))).toEqual(list);
    expect(() => parse(`"${'\\'.repeat(1_000_001)}`)).toThrow(SyntaxError);
  });
});

describe('an envelope', () => {
  it('is read with and without its optional fields', () => {
    expect(decodeEnvelope('{"code":0,"message":"OK","request_id":"r","data":{"a":1},"new":true}')).toEqual({
      code: 0,
      message: 'OK',
      requestId: 'r',
      data: { a: 1 },
    });
    expect(decodeEnvelope('{"code":40105}')).toEqual({
      code: 40105,
      message: '',
      requestId: null,
      data: undefined,
    });
  });

  it.each(['', '{', '[]', '"OK"', '{"message":"OK"}', '{"code":"0"}', '{"code":null}', '<html></html>'])(
    'is not seen in %j',
    (body) => {
      expect(decodeEnvelope(body)).toBeNull();
    },
  );
});
