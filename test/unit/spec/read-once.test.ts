import { expect, it } from 'vitest';
import { readConfigOnce } from '../../../internal/spec/read-once.ts';
import { readCanallocateBody } from '../../../internal/spec/register-body.ts';

const config = { slots: 1, ramsize: 1024, volumes: [{ name: 'disk.qcow2' }] };

it('a config is read once for all who look at it, and another one that says the same anew', () => {
  const brought = structuredClone(config);
  const first = readConfigOnce(brought);
  expect(first).toEqual(readCanallocateBody(config));
  expect(readConfigOnce(brought)).toBe(first);
  expect(readConfigOnce(structuredClone(config))).not.toBe(first);
});

it('what is wrong with a config is told each time; what is none, is none', () => {
  const wrong = { slots: -1, ramsize: 1024 };
  expect(readConfigOnce(wrong)).toMatchObject({ ok: false });
  expect(readConfigOnce(wrong)).toMatchObject({ ok: false, errors: [{ path: 'slots' }] });
  for (const none of [null, undefined, 'text', 7]) {
    expect(readConfigOnce(none)).toEqual(readCanallocateBody(none));
  }
});
