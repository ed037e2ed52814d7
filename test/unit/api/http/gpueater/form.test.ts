import { describe, expect, it } from 'vitest';
import { formOf } from '../../../../../internal/api/http/gpueater/form.ts';
import { fieldsOfForm } from '../../../../../internal/api/http/gpueater/read-fields.ts';

const form = (text: string) => formOf(fieldsOfForm(text));
const json = (value: object) => formOf(new Map<string, unknown>(Object.entries(value)));
const invalid = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'argument-invalid', message: expect.stringMatching(message) as string });

describe('the same instance, as each client sends it', () => {
  const forms = {
    // qs of Node: spaces as %20, null as an empty value, nested with brackets.
    node: 'instance_id=11&ipv6=&tag=t%20g%26%3D%C3%A9&auto=true&port_list%5B0%5D%5Bport%5D=22&machine_resource_id=7',
    // requests of Python: spaces as +, None left out, True, the keys of a dict.
    python:
      'instance_id=11&tag=t+g%26%3D%C3%A9&auto=True&port_list=port&port_list=port&machine_resource_id=7',
    // faraday of Ruby: sorted, nil without =, arrays with [].
    ruby: 'auto=true&instance_id=11&ipv6&machine_resource_id=7&port_list%5B%5D%5Bport%5D=22&tag=t+g%26%3D%C3%A9',
  };
  it.each(Object.entries(forms))('%s', (_client, text) => {
    const read = form(text);
    expect(read.text('instance_id')).toBe('11');
    expect(read.instanceIds()).toEqual(['11']);
    expect(read.text('tag')).toBe('t g&=é');
    expect(read.optional('ipv6')).toBeNull();
    expect(read.flag('auto')).toBe(true);
    expect(read.integer('machine_resource_id', { min: 0, max: 10 })).toBe(7);
  });
  it('JSON', () => {
    const read = json({ instance_id: 11, tag: 'a', auto: true, ipv6: null });
    expect(read.text('instance_id')).toBe('11');
    expect(read.optional('ipv6')).toBeNull();
    expect(read.flag('auto')).toBe(true);
  });
});

it('what is missing is named', () => {
  expect(() => form('a=').text('a')).toThrow(invalid(/^a is missing/));
  expect(() => form('').instanceIds()).toThrow(invalid(/^instance_id is missing/));
  expect(form('').optional('a')).toBeNull();
  expect(form('').flag('a')).toBe(false);
});

it('of a field that is there several times, only one value is taken', () => {
  expect(form('a=1&a=1').text('a')).toBe('1');
  expect(form('a[]=1').text('a')).toBe('1');
  expect(() => form('a=1&a=2').text('a')).toThrow(invalid(/one value/));
  for (const a of [{}, [[1]], [], [{ b: 1 }]])
    expect(() => json({ a }).text('a')).toThrow(invalid(/one value/));
});

it.each(['a%00b', 'a%1bb', 'a%07'])('%s is not text', (value) => {
  expect(() => form(`a=${value}`).text('a')).toThrow(invalid(/not text/));
});

it('a half character is not text', () => {
  expect(() => json({ a: '\ud800' }).text('a')).toThrow(invalid(/not text/));
});

it.each(['0', '65536', 'x', '1.5', '1e3', '0x10', '9'.repeat(40), '-1'])('%s is no port', (port) => {
  expect(() => form(`port=${port}`).integer('port', { min: 1, max: 65_535 })).toThrow(invalid(/^port must/));
});

it('true and false only', () => {
  expect(form('a=False').flag('a')).toBe(false);
  expect(() => form('a=perhaps').flag('a')).toThrow(invalid(/true or false/));
});

describe('instances', () => {
  const ruby = JSON.stringify([
    { instance_id: '1', machine_resource_id: 'h' },
    { instance_id: 2 },
    { instance_id: '1' },
  ]);
  it('are those of the list, each once', () => {
    expect(form(`instances=${encodeURIComponent(ruby)}&instance_id=1`).instanceIds()).toEqual(['1', '2']);
    expect(json({ instances: [{ instance_id: '5' }] }).instanceIds()).toEqual(['5']);
    expect(form('instances[0][instance_id]=1&instances[1][instance_id]=2').instanceIds()).toEqual(['1', '2']);
    expect(form('instances=&instance_id=1').instanceIds()).toEqual(['1']);
    expect(form('instances=[]&instance_id=1').instanceIds()).toEqual(['1']);
  });
  it.each(['{', '{}', '["1"]', '[{}]', '[{"instance_id":""}]', '[{"instance_id":{}}]', '1'])(
    'not %s',
    (text) => {
      expect(() => form(`instances=${encodeURIComponent(text)}&instance_id=1`).instanceIds()).toThrow(
        expect.objectContaining({ code: 'argument-invalid' }),
      );
    },
  );
  it('are not too many', () => {
    const many = Array.from({ length: 1001 }, (_, index) => ({ instance_id: index }));
    expect(() => json({ instances: many }).instanceIds()).toThrow(invalid(/At most 1000/));
  });
});

it('names of JavaScript are no fields', () => {
  const read = form('__proto__=x&constructor=y');
  expect(read.optional('toString')).toBeNull();
  expect(read.text('__proto__')).toBe('x');
});
