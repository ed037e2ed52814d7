import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import type { Plan, Reason } from '../../../internal/placement/plan.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { children, type XmlElement } from '../../../internal/xml/tree.ts';
import { example } from '../../examples/elemento/examples.ts';
import { fixtureHost } from '../../fixtures/hosts/load.ts';
import { inputFor } from '../placement/hosts.ts';
import { documentOf } from './document-cases.ts';

const page = path.resolve(import.meta.dirname, '../../../docs/config-examples.md');

const refused = {
  slots: 8,
  allowSMT: false,
  flags: ['AVX2', 'AVX-512'],
  ramsize: 8192,
  pci: [{ vendor: '1002', model: '67df' }],
};

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
const json = (value: unknown): string => fence('json', JSON.stringify(value, null, 2));

function planOn(host: HostFacts, config: object): Plan {
  const answer = planPlacement(inputFor(host, config));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return answer.plan;
}

function reasonsOn(host: HostFacts, config: object): readonly Reason[] {
  const answer = planPlacement(inputFor(host, config));
  return answer.ok ? [] : answer.refusal.reasons;
}

/** Parts of the plan in a line each. */
function planLines({ cpu, memory, pci, firmware, warnings }: Plan): string {
  return [
    `- vCPUs: ${cpu.vcpus}, with ${cpu.topology.threads} threads a core, on the host's cores ${cpu.cores.join(', ')}`,
    `- ${memory.mib} MiB from NUMA node ${memory.nodes.join(', ')}${memory.pinned ? ', pinned' : ''}`,
    `- firmware: ${firmware.type}`,
    ...pci.map(
      ({ address, name, iommuGroup, driver, reason, guestSlot, guestFunction }) =>
        `- ${address} ${name ?? ''}, IOMMU group ${iommuGroup}, taken from ${driver ?? 'no driver'} (${reason}): in the guest function ${guestFunction} of slot ${guestSlot}`,
    ),
    ...warnings.map((warning) => `- warning: ${warning}`),
  ].join('\n');
}

/** The document as XML: of `<domain>` and of `<devices>` the elements that are wanted. */
function excerpt(document: XmlElement, wanted: (name: string) => boolean): string {
  const kept = (el: XmlElement): XmlElement => ({
    ...el,
    children: children(el).filter(({ name }) => wanted(name)),
  });
  const whole = kept(document);
  return serializeXml(
    { ...whole, children: children(whole).map((el) => (el.name === 'devices' ? kept(el) : el)) },
    { indent: true },
  );
}

async function text(): Promise<string> {
  const machine = await fixtureHost('seed-two-3060ti');
  const shared = await fixtureHost('bad-group');
  const helium = example('template-helium') as object;
  const windows = example('specfile-seed-ai-track') as object;
  const parts = [
    'devices',
    'vcpu',
    'numatune',
    'os',
    'features',
    'cpu',
    'clock',
    'hostdev',
    'memballoon',
    'graphics',
  ];
  return `# Three configs, from request to VM

<!-- Made from the code. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/instances -->

\`POST /v1/plan\` (or \`canallocate\`) shows plans like these without doing anything; \`POST /register\` makes the VM. Every field:
[config-reference.md](config-reference.md).

## Helium: the smallest

Elemento's template, in its sectioned form:

${json(helium)}

\`allowSMT\` is false: the slot is one whole core with both its threads, and the guest is pinned to them. Three other VMs may
share the core (\`overprovision\`). What the config does not say: Linux, BIOS, a NIC on the network \`default\`. On a machine
with 32 cores:

${planLines(planOn(machine, helium))}

The domain, without its \`<metadata>\`, where the config, the plan and the owner are kept:

${fence(
  'xml',
  excerpt(documentOf(machine, helium, 'Helium'), (name) => name !== 'metadata'),
)}

## Windows with two graphics cards

${json(windows)}

Cards are asked for by id, and their audio as well, in equal number: it is the audio of the same cards. On a machine with two
RTX 3060 Ti, and a third display for its own console:

${planLines(planOn(machine, windows))}

Each card has a root port of its own, with its audio as function 1, as drivers expect it. KVM is hidden and Hyper-V carries
another vendor's name, for NVIDIA's older drivers. There is no balloon, as all memory is pinned. Of the domain:

${fence(
  'xml',
  excerpt(documentOf(machine, windows, 'Windows'), (name) => parts.includes(name)),
)}

## Refused, with every reason

${json(refused)}

On a machine with six cores, whose card shares its IOMMU group with a USB controller, the disk and the network card of the
host, \`register\` answers 204 without a body and with the header \`Protium-Reason\`; \`canallocate\` has all of it.

${reasonsOn(shared, refused)
  .map(
    ({ code, message, fix, temporary }) =>
      `- \`${code}\`${temporary ? ' (temporary)' : ''}: ${message}\n  *${fix ?? 'Nothing can be done here.'}*`,
  )
  .join('\n')}
`;
}

it('docs/config-examples.md is what the code makes of the examples; UPDATE_DOCS=1 rewrites it', async () => {
  const made = await text();
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, made);
  expect(await readFile(page, 'utf8')).toBe(made);
});
