import { ProtiumError } from '../../errors/protium-error.ts';
import type { Plan } from '../../placement/plan.ts';
import { cpuElement } from '../../xml/domain/cpu.ts';
import { cpuTuneElement, memoryBackingElement, numaTuneElement } from '../../xml/domain/tuning.ts';
import { setAttribute, setText } from '../../xml/edit.ts';
import { child, children, textOf, type XmlElement } from '../../xml/tree.ts';
import { sectionOf, setSection } from '../changes/sections.ts';
import { memoryOptions, processorOptions } from '../documents/processor.ts';

/** What of a document a resize changes. */
export const resizedSections = [
  'vcpu',
  'vcpus',
  'cputune',
  'cpu',
  'memory',
  'currentMemory',
  'memoryBacking',
  'numatune',
] as const;

/**
 * The definition with another processor and memory; whatever else somebody made of it stays: shares of CPU time, the model
 * of the CPU, room for more vCPUs. Pure.
 *
 * @param before the plan that the definition was made of
 * @throws ProtiumError `state-conflict` where somebody else divided the guest into NUMA cells, or slots for memory
 */
export function resizeDefinition(definition: XmlElement, before: Plan, plan: Plan): XmlElement {
  requireOurNuma(definition, before);
  const { cpuTune = {}, cpuset, cpu } = processorOptions(plan);
  const { numaTune, memoryBacking } = memoryOptions(plan.memory);
  const maximum = Number(textOf(sectionOf(definition, 'vcpu'))) || 1;
  // More than was planned: somebody left room, which is used.
  const hasRoom = maximum !== before.cpu.vcpus && plan.cpu.vcpus <= maximum;
  let edited = setSection(
    definition,
    'vcpu',
    vcpuElement(definition, plan, hasRoom ? maximum : null, cpuset),
  );
  if (!hasRoom) edited = setSection(edited, 'vcpus', null);
  const tune = sectionOf(edited, 'cputune');
  const pins = new Set(['vcpupin', 'emulatorpin']);
  const others = tune.children.filter((node) => node.kind !== 'element' || !pins.has(node.name));
  edited = setSection(edited, 'cputune', {
    ...tune,
    children: [...others, ...children(cpuTuneElement(cpuTune))],
  });
  const present = child(edited, 'cpu');
  if (present !== null && cpu !== undefined) {
    edited = setSection(edited, 'cpu', cpuWith(present, cpuElement(cpu), hasRoom));
  }
  const kib = String(plan.memory.mib * 1024);
  for (const name of ['memory', 'currentMemory']) {
    edited = setSection(edited, name, setText(setAttribute(sectionOf(edited, name), 'unit', 'KiB'), kib));
  }
  edited = setSection(edited, 'numatune', numaTune === undefined ? null : numaTuneElement(numaTune));
  if (memoryBacking === undefined) return edited;
  const pages = child(memoryBackingElement(memoryBacking), 'hugepages');
  return setSection(
    edited,
    'memoryBacking',
    setSection(sectionOf(edited, 'memoryBacking'), 'hugepages', pages),
  );
}

function vcpuElement(
  definition: XmlElement,
  { cpu }: Plan,
  room: number | null,
  cpuset: string | undefined,
): XmlElement {
  const vcpu = setAttribute(sectionOf(definition, 'vcpu'), 'cpuset', cpuset ?? null);
  const current = room === null || room === cpu.vcpus ? null : String(cpu.vcpus);
  return setText(setAttribute(vcpu, 'current', current), String(room ?? cpu.vcpus));
}

/** Model and features stay; how many cores there are and where the memory is, is ours. */
function cpuWith(present: XmlElement, planned: XmlElement, keepTopology: boolean): XmlElement {
  const topology = keepTopology || child(present, 'topology') === null ? null : child(planned, 'topology');
  const edited = topology === null ? present : setSection(present, 'topology', topology);
  return setSection(edited, 'numa', child(planned, 'numa'));
}

function requireOurNuma(definition: XmlElement, before: Plan): void {
  const cells = children(sectionOf(sectionOf(definition, 'cpu'), 'numa'), 'cell');
  if (cells.length !== before.memory.cells.length) {
    throw new ProtiumError(
      'state-conflict',
      'Its definition divides the guest into NUMA cells that Protium did not plan: change it by virsh edit.',
      { details: { cells: cells.length, planned: before.memory.cells.length } },
    );
  }
  if (child(definition, 'maxMemory') !== null) {
    throw new ProtiumError(
      'state-conflict',
      'Its definition has slots for memory modules, which Protium does not plan: change it by virsh edit.',
    );
  }
}
