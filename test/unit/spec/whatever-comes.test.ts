import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { readCanallocateBody, readRegisterBody } from '../../../internal/spec/register-body.ts';
import { specfileOf } from '../../../internal/spec/specfile.ts';
import { anything, goodConfig, mutated } from './arbitrary-configs.ts';
import { specForm } from './spec-form.ts';

const smallest = { slots: 2, ramsize: 2048 };
const readers = [readSpec, readRegisterBody, readCanallocateBody] as const;

/** A spec that is one, or errors that say where and what; in both cases text that JSON carries. */
function check(body: unknown): void {
  for (const reader of readers) {
    const answer = reader(body);
    if (answer.ok) {
      expect(specForm.safeParse(answer.spec).error).toBeUndefined();
      expect(JSON.parse(JSON.stringify(answer.spec))).toEqual(answer.spec);
      expect(answer.notices.length).toBeLessThanOrEqual(51);
    } else {
      expect(answer.errors.length).toBeGreaterThan(0);
      for (const { path, value, message } of answer.errors) {
        expect(typeof path).toBe('string');
        expect(message.length).toBeGreaterThan(10);
        expect(JSON.stringify([path, value]).length).toBeLessThan(1000);
      }
    }
  }
}

describe('whatever comes', () => {
  it('never throws, and answers with a spec or with what is wrong', () => {
    fc.assert(fc.property(anything, check), { numRuns: 800 });
  });

  it('a good config is good', () => {
    fc.assert(
      fc.property(goodConfig, (config) => {
        expect(readSpec(config)).toMatchObject({ ok: true });
        check(config);
      }),
    );
  });

  it('is written as a specfile that means the same', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, goodConfig), (body) => {
        const answer = readSpec(body);
        fc.pre(answer.ok);
        const again = readSpec(JSON.parse(JSON.stringify(specfileOf(answer.spec, { secrets: true }))));
        expect(again).toEqual({ ok: true, spec: answer.spec, notices: [] });
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, unknown]>([
    ['a list in a list, very often', nested('[', ']')],
    ['an object in an object, very often', nested('{"user_data":', '}', '1')],
    ['a long list', Array.from({ length: 300_000 }, () => 'avx2')],
    [
      'an object of many',
      Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index])),
    ],
    ['a long text', 'x'.repeat(3_000_000)],
    ['__proto__', JSON.parse('{"__proto__": {"slots": 4}}')],
    ['NaN', Number.NaN],
    ['1e309', JSON.parse('1e309')],
    ['half a character', '\udc00'],
    ['a function', () => 1],
    ['a big integer', 10n],
  ])('%s, in the place of anything', (_name, value) => {
    const keys = `slots ramsize archs flags pci pcidevs networks volumes storage authentication auth cloudinit startup
      cloud_init_b64 misc cpu mem protium vm_name info region vm_tags netdevs has_network min_frequency client_uid req`;
    check(value);
    for (const key of keys.split(/\s+/)) {
      check({ ...smallest, [key]: value });
      check({ ...smallest, req: { [key]: value } });
    }
    check({ ...smallest, pci: [{ vendor: value, model: value, quantity: value }] });
    check({ ...smallest, volumes: [{ vid: value, name: value, size: value }] });
    check({ ...smallest, startup: { template: value } });
  });

  it('what is inherited says nothing', () => {
    expect(readSpec(JSON.parse('{"__proto__": {"slots": 2, "ramsize": 2048}}'))).toMatchObject({ ok: false });
    expect(readSpec(Object.create(smallest))).toMatchObject({ ok: false });
    expect(readSpec({ ...smallest, misc: { os_family: 'constructor' } })).toMatchObject({ ok: false });
  });

  it.each([']]>&"\'<', '</name><disk/>', '<![CDATA[', '${x}', '$(reboot)', '%s', 'ünï\u{1f600}'])(
    '%s stays what it is: text',
    (text) => {
      const answer = readSpec({
        ...smallest,
        vm_name: text,
        description: `${text}\r\n${text}`,
        os_flavour: text,
        os_version: text,
        manufacturer: text,
        vm_tags: [text],
        region: text,
        volumes: [{ size_gb: 1, name: text }],
        authentication: { password: text, 'ssh-key': text },
        cloudinit: text,
      });
      expect(answer).toMatchObject({
        ok: true,
        notices: [],
        spec: {
          name: text,
          description: `${text}\n${text}`,
          os: { flavour: text.toLowerCase(), version: text },
          manufacturer: text,
          tags: [text],
          extra: { region: text },
          volumes: [{ name: text }],
          guest: { username: null, password: text, sshKeys: [text], userData: text },
        },
      });
    },
  );

  it('a secret is in no error and no notice, whatever is wrong with it', () => {
    const secret = 'S3CRET';
    const bad = fc.oneof(
      fc.constant(secret),
      fc.constant([secret]),
      fc.constant(`${secret}\u0000`),
      fc.constant({ username: { secret }, password: [secret], 'ssh-key': { secret } }),
      fc.constant({ user_data: { secret }, kind: secret, b64_code: secret, template: [secret] }),
      fc.constant({ [secret.toLowerCase()]: secret, password: `${secret}\n` }),
    );
    const config = fc.record(
      { authentication: bad, auth: bad, userAuth: bad, cloudinit: bad, startup: bad, cloud_init_b64: bad },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (guest) => {
        for (const body of [{ ...smallest, ...guest }, { ...guest, req: smallest }, guest]) {
          for (const reader of readers) {
            const answer = reader(body);
            expect(
              JSON.stringify(answer.ok ? [answer.notices, specfileOf(answer.spec)] : answer.errors),
            ).not.toContain(secret);
          }
        }
      }),
    );
  });
});

/** So deep that whoever follows it with calls runs out of stack; JSON.parse does not. */
function nested(open: string, close: string, inside = ''): unknown {
  const depth = 100_000;
  return JSON.parse(open.repeat(depth) + inside + close.repeat(depth));
}
