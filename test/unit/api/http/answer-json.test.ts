import { describe, expect, it } from 'vitest';
import { readDescriptors } from '../../../../internal/api/grpc/descriptors.ts';
import { DomainsServiceService } from '../../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { createAnswerJson } from '../../../../internal/api/http/v1/answer-json.ts';
import { readBindings } from '../../../../internal/api/http/v1/bindings.ts';

const { registry } = readBindings(readDescriptors());
const { responseSerialize } = DomainsServiceService.listDomains;
const output = registry.getMessage('protium.v1.ListDomainsResponse');

const domain = (name: string) => ({
  name,
  uuid: `uuid of ${name}`,
  id: undefined,
  state: 1,
  persistent: true,
  autostart: false,
  memoryKib: 2n ** 40n,
  vcpus: 2,
  title: undefined,
});

describe('an answer as JSON', () => {
  it('is made of an element once, and told in the order of the answer', () => {
    if (output === undefined) throw new Error('no such message');
    const written: string[][] = [];
    const json = createAnswerJson(
      output,
      (answer: Parameters<typeof responseSerialize>[0]) => {
        written.push(answer.domains.map(({ name }) => name));
        return responseSerialize(answer);
      },
      registry,
    );
    const [a, b, c] = [domain('a'), domain('b'), domain('c')];
    const first = json({ domains: [a, b], viewAgeMs: 5n });
    expect(first).toMatchObject({
      viewAgeMs: '5',
      domains: [{ name: 'a', memoryKib: '1099511627776' }, { name: 'b' }],
    });
    const second = json({ domains: [c, b, a], viewAgeMs: undefined });
    expect(second['domains']).toMatchObject([{ name: 'c' }, { name: 'b' }, { name: 'a' }]);
    expect(second).not.toHaveProperty('viewAgeMs');
    expect(written).toEqual([['a', 'b'], ['c']]);
    expect(json({ domains: [], viewAgeMs: undefined })).toEqual({ domains: [] });
  });
});
