import type { Instance as Kept } from '../../instances/instance.ts';
import { specfileOf } from '../../spec/specfile.ts';
import type { Instance } from '../grpc/generated/protium/v1/instances.ts';
import { domainStates } from './domains.ts';

/** All of an instance but whom it belongs to. */
export function encodeInstance(instance: Kept): Instance {
  return { ...listedInstance(instance), config: specfileOf(instance.spec), plan: { ...instance.plan } };
}

/** What a list tells: without the config and the whole plan. */
export function listedInstance(instance: Kept): Instance {
  const { spec, plan, createdVolumes } = instance;
  const created = new Set(createdVolumes.map(({ id }) => id));
  return {
    uuid: instance.uuid,
    name: instance.domain,
    title: instance.name,
    state: domainStates.encode(instance.state),
    createTime: new Date(instance.createdAt),
    etag: instance.etag,
    vcpus: plan.cpu.vcpus,
    memoryMib: BigInt(plan.memory.mib),
    autostart: instance.autostart,
    description: instance.description ?? undefined,
    tags: [...spec.tags],
    devices: plan.pci.map(({ address, vendor, model, name, reason }) => ({
      address,
      vendor,
      model,
      name: name ?? undefined,
      reason,
    })),
    volumes: plan.volumes.map(({ id, pool, existing, sizeBytes, format, bus }) => ({
      id: id ?? existing?.name ?? '',
      pool,
      sizeBytes: sizeBytes === null ? undefined : BigInt(sizeBytes),
      format,
      bus,
      created: id !== null && created.has(id),
    })),
    networks: plan.networks.map(({ network }) => network),
    config: undefined,
    plan: undefined,
    warnings: [...plan.warnings],
  };
}
