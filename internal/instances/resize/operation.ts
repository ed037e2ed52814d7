import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { Plan } from '../../placement/plan.ts';
import type { Spec } from '../../spec/spec.ts';
import { parseXml } from '../../xml/parse.ts';
import { serializeXml } from '../../xml/serialize.ts';
import type { Change } from '../changes/begin-change.ts';
import type { Booking, Rebooking } from '../changes/booking.ts';
import { currentInstance, requireNoSavedState, type CurrentInstance } from '../changes/current-instance.ts';
import { keepRecord, recordText } from '../changes/keep-record.ts';
import { pendingChanges, type PendingChange } from '../changes/pending-changes.ts';
import { residentMib } from '../changes/resident-memory.ts';
import { putSections, takeSections, type Sections } from '../changes/sections.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { applyLive } from './apply-live.ts';
import { resizedSections, resizeDefinition } from './resize-definition.ts';

/** The operation `instance.resize`. */
export interface ResizeInstance {
  readonly input: InstanceTarget & {
    /** As a config's; null: as they are. */
    readonly slots: number | null;
    readonly memoryMib: number | null;
  };
  readonly result: {
    readonly uuid: string;
    readonly vcpus: number;
    readonly memoryMib: number;
    readonly pendingRestart: readonly PendingChange[];
    readonly notices: readonly string[];
  };
  readonly steps: {
    'book-host': { intent: { plan: Plan; before: Plan; record: string; recordBefore: string } };
    'define-domain': { intent: { before: Sections } };
    'keep-record': { facts?: never };
    'change-running': { facts: { notices: string[]; pending: PendingChange[] } };
  };
}

/** Gives an instance other vCPUs and memory, if the host has them: as it runs as far as that goes, and from its next start on. */
export function resizeInstance(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  booking: Booking,
): Change<ResizeInstance> {
  const book: Step<ResizeInstance, 'book-host'> = {
    name: 'book-host',
    title: 'find a place on the host',
    async intent({ operationId, input }) {
      const current = await currentInstance(client, input.uuid);
      await requireNoSavedState(client, current.domain);
      const rebooking = await rebookingOf(client, current, input);
      const { record } = current;
      const plan = await booking.book(operationId, rebooking, (made) => resizedPlan(record.plan, made));
      resizeDefinition(current.definition, record.plan, plan);
      return {
        plan,
        before: record.plan,
        record: recordText({ ...record, spec: resizedSpec(record.spec, input), plan }),
        recordBefore: recordText(record),
      };
    },
    do: () => undefined,
  };
  const define: Step<ResizeInstance, 'define-domain'> = {
    name: 'define-domain',
    title: 'change its definition',
    intent: async ({ input }) => ({
      before: takeSections((await currentInstance(client, input.uuid)).definition, resizedSections),
    }),
    async do(run) {
      const { plan, before } = run.data('book-host');
      const { definition } = await currentInstance(client, run.input.uuid);
      await redefine(client, serializeXml(resizeDefinition(definition, before, plan)));
    },
    async undo({ input }, { before }) {
      const { definition } = await currentInstance(client, input.uuid);
      await redefine(client, serializeXml(putSections(definition, before)));
    },
  };
  const keep: Step<ResizeInstance, 'keep-record'> = {
    name: 'keep-record',
    title: 'keep the plan with the domain',
    do: async (run) =>
      keepRecord(client, await existingDomain(client, run.input.uuid), run.data('book-host').record),
    undo: async (run) =>
      keepRecord(client, await existingDomain(client, run.input.uuid), run.data('book-host').recordBefore),
  };
  const changeRunning: Step<ResizeInstance, 'change-running'> = {
    name: 'change-running',
    title: 'change what runs',
    // What is changed of a guest is nothing to take back from it: its definition has it by now.
    irreversible: true,
    async do(run) {
      const { domain, running } = await currentInstance(client, run.input.uuid);
      if (running === null) return { notices: [], pending: [] };
      const notices = await applyLive(client, domain, running, run.data('book-host').plan);
      const live = parseXml(await client.domains.xml(domain));
      const { definition } = await currentInstance(client, run.input.uuid);
      return { notices, pending: pendingChanges(live, definition).map((change) => ({ ...change })) };
    },
  };
  const definition: OperationDefinition<ResizeInstance> = {
    kind: 'instance.resize',
    onRestart: 'undo',
    resources: instanceResources,
    steps: () => [book, define, keep, changeRunning],
    async result(run) {
      const { uuid } = run.input;
      await shown(view, uuid);
      const { plan } = run.data('book-host');
      const { notices, pending } = run.data('change-running');
      return {
        uuid,
        vcpus: plan.cpu.vcpus,
        memoryMib: plan.memory.mib,
        pendingRestart: pending,
        notices: [...plan.warnings, ...notices],
      };
    },
  };
  return {
    definition,
    async check(input) {
      const current = await currentInstance(client, input.uuid);
      await requireNoSavedState(client, current.domain);
      const { record } = current;
      const rebooking = await rebookingOf(client, current, input);
      const plan = await booking.try(rebooking, (made) => resizedPlan(record.plan, made));
      resizeDefinition(current.definition, record.plan, plan);
      return plan.warnings;
    },
  };
}

async function rebookingOf(
  client: LibvirtClient,
  { domain, record, running }: CurrentInstance,
  input: ResizeInstance['input'],
): Promise<Rebooking> {
  if (input.slots === null && input.memoryMib === null) {
    throw new ProtiumError('argument-invalid', 'Say what it is to have: slots, memory_mib, or both.');
  }
  return {
    uuid: input.uuid,
    domain: domain.name,
    plan: record.plan,
    spec: { ...resizedSpec(record.spec, input), pci: [] },
    residentMib: running === null ? 0 : await residentMib(client, domain),
  };
}

function resizedSpec(spec: Spec, { slots, memoryMib }: ResizeInstance['input']): Spec {
  return {
    ...spec,
    cpu: { ...spec.cpu, slots: slots ?? spec.cpu.slots },
    memory: { ...spec.memory, mib: memoryMib ?? spec.memory.mib },
  };
}

/** Devices, disks and networks are as they were. */
function resizedPlan(before: Plan, { cpu, memory, warnings }: Plan): Plan {
  return { ...before, cpu, memory: { ...memory, pinned: before.memory.pinned }, warnings };
}

async function redefine(client: LibvirtClient, xml: string): Promise<void> {
  try {
    await client.domains.define(xml, { validate: true });
  } catch (error) {
    throw fromLibvirt(error, 'change its definition');
  }
}
