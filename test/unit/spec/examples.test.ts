import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRegisterBody } from '../../../internal/spec/register-body.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { example, examples } from '../../examples/elemento/examples.ts';
import { matchGolden } from '../../golden/match-golden.ts';

/** What these are instead of configs. */
const notConfigs: Readonly<Record<string, string>> = {
  'atomos-register-c4yml': 'register',
  'atomos-register-request-seed-fixed': 'register',
  'testflow-atomos-7777-register-1-fixed': 'register',
  'atomos-register-response-seed-fixed': 'answer',
  'client-unregister-rules-md': 'ids',
  'insomnia-17777-client-vm-unregister': 'ids',
  'testflow-atomos-7777-unregister-1': 'ids',
  'statusjson-seed': 'answer',
  'techpack-02-pci': 'part of a config',
  'template-example-blank': 'blank',
  'template-history-helium-efe4c4a': 'blank',
  'template-history-neon-b11b30b': 'blank',
};

const configs = examples.filter(({ name }) => notConfigs[name] === undefined);

describe('configs as they are found', () => {
  it('are many', () => {
    expect(configs.length).toBeGreaterThan(15);
  });

  it.each(configs)('$name', async ({ name, body }) => {
    await matchGolden(path.join('spec', `${name}.json`), JSON.stringify(readSpec(body), null, 2));
  });

  it.each(['testflow-atomos-7777-register-1-fixed', 'atomos-register-request-seed-fixed'])(
    '%s',
    async (name) => {
      await matchGolden(
        path.join('spec', `${name}.json`),
        JSON.stringify(readRegisterBody(example(name)), null, 2),
      );
    },
  );

  it('c4 leaves a placeholder for the client, which is no id', () => {
    expect(readRegisterBody(example('atomos-register-c4yml'))).toMatchObject({
      ok: false,
      errors: [{ path: 'client_uid', allowed: '32 hexadecimal digits, or a dashed uuid' }],
    });
  });

  it.each(Object.keys(notConfigs).filter((name) => notConfigs[name] === 'blank'))(
    '%s is no config yet',
    (name) => {
      const answer = readSpec(example(name));
      const [blank, ...others] = answer.ok ? [] : answer.errors;
      expect(blank).toMatchObject({
        path: '',
        message: expect.stringMatching(/^This is an empty template, not a config/) as string,
      });
      expect(others.map(({ path: at }) => at)).toEqual(expect.arrayContaining(['cpu.slots', 'ram.ramsize']));
      expect(others.every(({ path: at }) => at !== '')).toBe(true);
    },
  );

  it('a part of a config lacks what a config must say', () => {
    const answer = readSpec(example('techpack-02-pci'));
    expect(answer.ok ? [] : answer.errors.map((error) => error.path)).toEqual(['slots', 'ramsize']);
  });

  it('the answer to a register can be read as a config again', () => {
    const { req_json: config } = example('atomos-register-response-seed-fixed') as { req_json: unknown };
    expect(readSpec(config)).toMatchObject({
      ok: true,
      notices: [],
      spec: { name: '11', memory: { mib: 10_000 } },
    });
  });
});
