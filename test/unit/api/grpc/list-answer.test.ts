import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListDomainsResponse } from '../../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { type Domain } from '../../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { DomainsServiceService } from '../../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { keepingElements } from '../../../../internal/api/grpc/list-answer.ts';

const { responseSerialize, responseDeserialize } = DomainsServiceService.listDomains;
const empty = responseDeserialize(Buffer.alloc(0));

const domain = fc.record<Domain>({
  name: fc.string(),
  uuid: fc.uuid(),
  id: fc.option(fc.nat(), { nil: undefined }),
  state: fc.constantFrom(1, 2, 3),
  persistent: fc.boolean(),
  autostart: fc.boolean(),
  memoryKib: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  vcpus: fc.nat(),
  title: fc.option(fc.string(), { nil: undefined }),
});

describe('an answer whose elements are kept', () => {
  it('says the same, also when elements come again, in whatever order', () => {
    const answers = fc.array(domain, { maxLength: 5 }).chain((pool) =>
      fc.array(
        fc.record({
          domains: fc.shuffledSubarray(pool),
          viewAgeMs: fc.option(fc.constant(7n), { nil: undefined }),
        }),
        { maxLength: 4 },
      ),
    );
    fc.assert(
      fc.property(answers, (all) => {
        const serialize = keepingElements(responseSerialize, empty);
        for (const answer of all) {
          const told: ListDomainsResponse = { domains: [...answer.domains], viewAgeMs: answer.viewAgeMs };
          expect(responseDeserialize(serialize(told))).toEqual(responseDeserialize(responseSerialize(told)));
        }
      }),
    );
  });

  it('writes an element once', () => {
    const written: number[] = [];
    const serialize = keepingElements<ListDomainsResponse>((answer) => {
      written.push(answer.domains.length);
      return responseSerialize(answer);
    }, empty);
    const [one, two] = fc.sample(domain, { numRuns: 2, seed: 1 });
    if (one === undefined || two === undefined) throw new Error('no sample');
    serialize({ domains: [one], viewAgeMs: 1n });
    serialize({ domains: [one, two], viewAgeMs: 2n });
    expect(written).toEqual([1, 0, 1, 0]);
  });
});
