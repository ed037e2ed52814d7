import { expect, it } from 'vitest';
import { formOf } from '../../../../../../internal/api/http/gpueater/form.ts';
import type { GpueaterCall } from '../../../../../../internal/api/http/gpueater/function.ts';
import { PythonRenames } from '../../../../../../internal/api/http/gpueater/instances/python-rename.ts';

const whole = { instance_id: 'i', machine_resource_id: 'h', ipv4: '10.77.0.1', state: 'RUNNING' };
const call = (fields: object, userAgent = 'PythonAPI') =>
  ({ userAgent, form: formOf(new Map(Object.entries(fields))) }) as GpueaterCall;

it('a rename that is sent twice is one, for a minute; later it is a termination by all that the list says', () => {
  let now = 0;
  const renames = new PythonRenames(() => now);
  const request = call({ ...whole, tag: 'new' });
  expect(renames.tagOf(request, { uuid: 'i', tag: 'old' })).toBe('new');
  expect(renames.tagOf(request, { uuid: 'i', tag: 'new' })).toBe('new');
  // What was not sent before is what it says.
  expect(renames.tagOf(call({ ...whole, tag: 'new', cpu: 1 }), { uuid: 'i', tag: 'new' })).toBeNull();
  expect(renames.tagOf(request, { uuid: 'another', tag: 'new' })).toBeNull();
  now = 59_999;
  expect(renames.tagOf(request, { uuid: 'i', tag: 'new' })).toBe('new');
  now = 60_000;
  expect(renames.tagOf(request, { uuid: 'i', tag: 'new' })).toBeNull();
});

it.each([
  ['nothing but ids and the tag', { instance_id: 'i', machine_resource_id: 'h', tag: 'same' }, 'same'],
  ['an empty tag', { instance_id: 'i', tag: '' }, ''],
  ['no tag', { instance_id: 'i', machine_resource_id: 'h' }, null],
  ['all that the list says', { ...whole, tag: 'same' }, null],
])('%s', (_what, fields, tag) => {
  expect(new PythonRenames().tagOf(call(fields), { uuid: 'i', tag: 'same' })).toBe(tag);
});

it('other clients terminate', () => {
  expect(new PythonRenames().tagOf(call({ tag: 'x' }, 'NodeJS-API'), { uuid: 'i', tag: 'y' })).toBeNull();
});
