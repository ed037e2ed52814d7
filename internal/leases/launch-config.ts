import { ProtiumError } from '../errors/protium-error.ts';
import { readSpec } from '../spec/read-spec.ts';
import { specfileOf } from '../spec/specfile.ts';
import type { JsonValue, Spec, SpecAnswer } from '../spec/spec.ts';
import type { LeaseDemand, LeaseLaunch } from './lease.ts';
import type { LeaseRecord } from './lease-record.ts';

/** What is kept of a spec until it is launched: a flat specfile, with its secrets. */
export function launchOf(spec: Spec, flavor: string | null): LeaseLaunch {
  return { config: specfileOf(spec, { secrets: true }), flavor };
}

/** What is shown of it, and kept once it was launched. */
export function withoutSecretsOf(launch: LeaseLaunch | null): LeaseLaunch | null {
  return launch === null ? null : { ...launch, config: specfileOf(accepted(readSpec(launch.config))) };
}

/** What is launched, named as the lease is. */
export function launchedSpec({ launch, name }: Pick<LeaseRecord, 'launch' | 'name'>): Spec {
  return { ...accepted(readSpec(launch?.config)), name };
}

/** A spec that takes of the host what a lease holds, and is never made. */
export function bareSpec(demand: LeaseDemand): Spec {
  const { slots, allowSmt, overprovision, memoryMib, hugepages, topology, devices } = demand;
  const config: Record<string, JsonValue> = {
    cpu: { slots, allowSMT: allowSmt, overprovision },
    ram: { ramsize: memoryMib },
    pci: devices.map(({ vendor, model, quantity }) => ({ vendor, model, quantity })),
    protium: { hugepages, topology },
  };
  return { ...accepted(readSpec(config)), volumes: [], networks: [], guest: null };
}

function accepted(answer: SpecAnswer): Spec {
  if (answer.ok) return answer.spec;
  const problems = answer.errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
  throw new ProtiumError('internal', `What the lease is to have is not accepted any more: ${problems}`);
}
