import { expect, it } from 'vitest';
import {
  ProvisionWish,
  type PlanProvisionRequest,
} from '../../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import type { RequestContext } from '../../../../internal/api/request-context.ts';
import { provisionsService } from '../../../../internal/api/v1/provisions.ts';
import { planProvision } from '../../../../internal/provision/run/plan.ts';
import type { ProvisionRequest, Provisions } from '../../../../internal/provision/run/provision.ts';
import { pciNames } from '../../provision/text/pci-names.ts';
import { administrator, contextOf } from './context.ts';

/** What a wish is planned with. */
async function planned(wish: Partial<ProvisionWish>): Promise<ProvisionRequest> {
  const requests: ProvisionRequest[] = [];
  const provisions = {
    plan: (request: ProvisionRequest) => {
      requests.push(request);
      const host = {
        ...{ threads: 8, memoryMib: 65_536, arch: 'X86_64' as const, devices: [] },
        floatingProblem: null,
      };
      return Promise.resolve(
        planProvision({ analysis: request.analysis, choices: request.choices, host, images: [], now: 0 }),
      );
    },
  } as unknown as Provisions;
  const { methods } = provisionsService({
    provisions,
    keyPairs: { publicKeys: () => [] },
    pciNames: () => Promise.resolve(pciNames),
  });
  const call = methods['planProvision'] as unknown as (
    request: PlanProvisionRequest,
    context: RequestContext,
  ) => Promise<unknown>;
  await call({ wish: ProvisionWish.fromPartial({ name: 'vm', ...wish }) }, contextOf(administrator));
  const [request] = requests;
  if (request === undefined) throw new Error('It was not planned.');
  return request;
}

const text = 'Minimum: 4 GB RAM, GTX 970\nRecommended: 8 GB RAM, GTX 1060 6GB';

it.each([
  ['', 8, '10de:1c03'],
  ['recommended', 8, '10de:1c03'],
  ['minimum', 4, '10de:13c2'],
])('the daemon reads a text by the rules; level "%s"', async (textLevel, ram, id) => {
  const { facts } = (await planned({ text, textLevel })).analysis;
  expect(facts.ram_gb?.value).toBe(ram);
  expect(facts.gpu.pci_any_of?.value).toContain(id);
});

it('an analysis is taken as it is', async () => {
  const { analysis } = await planned({ text });
  expect((await planned({ analysis: JSON.parse(JSON.stringify(analysis)) as object })).analysis).toEqual(
    analysis,
  );
});

it.each<readonly [Partial<ProvisionWish>, string]>([
  [{}, 'one of them'],
  [{ text, analysis: {} }, 'one of them'],
  [{ text, textLevel: 'highest' }, 'minimum or recommended'],
])('%j is refused', async (wish, message) => {
  await expect(planned(wish)).rejects.toThrow(message);
});
