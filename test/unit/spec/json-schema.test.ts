import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../internal/spec/json-schema.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { examples } from '../../examples/elemento/examples.ts';
import { goodConfig, mutated } from './arbitrary-configs.ts';

const file = path.resolve(import.meta.dirname, '../../../docs/config.schema.json');
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  configSchema,
);

const smallest = { slots: 2, ramsize: 2048 };

describe('the JSON Schema', () => {
  it('docs/config.schema.json is a copy of it; UPDATE_DOCS=1 rewrites it', async () => {
    const text = `${JSON.stringify(configSchema, null, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, text);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it.each(examples.filter(({ body }) => readSpec(body).ok))('accepts $name', ({ body }) => {
    expect(validate(body) ? [] : validate.errors).toEqual([]);
  });

  it.each(examples.filter(({ body }) => !readSpec(body).ok))('refuses $name', ({ body }) => {
    expect(validate(body)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['nothing', {}],
    ['slots alone', { slots: 2 }],
    ['null slots', { ...smallest, slots: null }],
    ['no slots', { ...smallest, slots: 0 }],
    ['many slots', { ...smallest, slots: 257 }],
    ['memory in GB', { ...smallest, ramsize: 4 }],
    ['memory in GB, elsewhere', { slots: 2, mem: { capacity: 4 } }],
    ['memory with a unit', { ...smallest, ramsize: '4GB' }],
    ['overprovision', { ...smallest, cpu: { maxOverprovision: 11 } }],
    ['MHz', { ...smallest, min_frequency: 3500 }],
    ['an architecture', { ...smallest, archs: ['Z80'] }],
    ['a family', { ...smallest, os: { family: 'beos' } }],
    ['a flag', { ...smallest, flags: ['a b'] }],
    ['a marketing name', { ...smallest, pci: [{ vendor: 'NVIDIA', model: 'A100' }] }],
    ['a map of names', { ...smallest, pci: { devices: { 'NVIDIA:A100': 1 } } }],
    ['netdevs', { ...smallest, netdevs: [{}] }],
    ['a network without uid', { ...smallest, networks: [{ kind: 'private' }] }],
    ['a volume in GB', { ...smallest, volumes: [{ size: 50 }] }],
    ['a volume without id and size', { ...smallest, volumes: [{ bus: 'sata' }] }],
    ['a word of our own', { ...smallest, protium: { hugePages: true } }],
    ['a section', { ...smallest, cpu: 4 }],
    ['a name of two lines', { ...smallest, vm_name: 'a\nb' }],
  ])('refuses %s, as readSpec does', (_name, config) => {
    expect(readSpec(config).ok).toBe(false);
    expect(validate(config)).toBe(false);
  });

  it('accepts whatever readSpec accepts', () => {
    fc.assert(
      fc.property(fc.oneof(goodConfig, mutated), (body) => {
        const config: unknown = JSON.parse(JSON.stringify(body ?? null));
        fc.pre(readSpec(config).ok);
        expect(validate(config) ? [] : validate.errors).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
