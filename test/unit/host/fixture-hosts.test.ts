import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { statusJson } from '../../../internal/api/http/atomos/status-json.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import type { PlacementAnswer } from '../../../internal/placement/plan.ts';
import { example } from '../../examples/elemento/examples.ts';
import { fixtureHost, fixtureHostNames, fixtureHostRoot } from '../../fixtures/hosts/load.ts';
import { machineFiles } from '../../../internal/host/files.ts';
import { readPciNames } from '../../../internal/host/pci-ids.ts';
import { readMachine } from '../../../internal/host/read-machine.ts';
import { matchGolden } from '../../golden/match-golden.ts';
import { inputFor } from '../placement/hosts.ts';

const oneOf = (vendor: string, model: string, quantity = 1) => ({
  slots: 2,
  allowSMT: false,
  ramsize: 4096,
  pci: [{ vendor, model, quantity }],
});

/** What is asked of every machine. */
const configs: readonly (readonly [string, object])[] = [
  ['helium', example('template-helium') as object],
  ['seed: two RTX 3060 Ti with audio', example('specfile-seed-ai-track') as object],
  ['one RTX 3060 Ti', oneOf('10de', '2489')],
];

/** The answer in few words. */
function told(answer: PlacementAnswer): object {
  if (!answer.ok)
    return {
      refused: answer.refusal.reasons.map(({ code, message, temporary }) => ({ code, message, temporary })),
    };
  const { cpu, memory, pci, warnings } = answer.plan;
  return {
    cores: cpu.cores,
    vcpus: cpu.vcpus,
    nodes: memory.nodes,
    pci: pci.map(
      ({ address, name, reason, driver }) =>
        `${address} ${name ?? ''}: ${reason}, from ${driver ?? 'no driver'}`,
    ),
    warnings,
  };
}

describe.each(fixtureHostNames)('%s', (name) => {
  it('is read, shown and planned on as the golden file says', async () => {
    const host = await fixtureHost(name);
    const { policy } = inputFor(host, configs[0]?.[1] ?? {});
    const displays = host.pci.filter((device) => /^(?:03|12)/.test(device.class));
    const asked = [
      ...configs,
      ...displays.map(
        ({ vendor, model, address }) => [`the display ${address}`, oneOf(vendor, model)] as const,
      ),
    ];
    const summary = {
      status: statusJson({ facts: host, claims: [], conditions: [], policy, revision: '' }),
      memory: host.memory,
      nodes: host.numaNodes.map(({ id, totalMib, hugepages }) => ({ id, totalMib, hugepages })),
      iommu: host.iommu,
      vfio: host.vfio,
      devices: host.pci.map(
        (device) =>
          `${device.address} ${device.class} ${device.vendor}:${device.model} group ${String(device.iommuGroup)} ` +
          `node ${String(device.numaNode)} ${device.driver ?? 'no driver'}` +
          device.users.map(({ kind, description }) => ` [${kind}: ${description}]`).join(''),
      ),
      answers: Object.fromEntries(
        asked.map(([label, config]) => [label, told(planPlacement(inputFor(host, config)))]),
      ),
    };
    await matchGolden(path.join('hosts', `${name}.json`), JSON.stringify(summary, null, 2));
  });

  it('is the same read from files', async () => {
    const files = machineFiles(await fixtureHostRoot(name, onTestFinished));
    const inMemory = await fixtureHost(name);
    const fromFiles = await readMachine(
      files,
      await readPciNames(files),
      inMemory.hypervisor,
      () => new Date(0),
    );
    expect(fromFiles).toEqual(inMemory);
  });
});
