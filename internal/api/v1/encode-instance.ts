import type { Reach } from '../../instances/addresses.ts';
import type { PendingChange } from '../../instances/changes/pending-changes.ts';
import type { Instance as Kept } from '../../instances/instance.ts';
import { specfileOf } from '../../spec/specfile.ts';
import type { Instance } from '../grpc/generated/protium/v1/instances.ts';
import { domainStates } from './domains.ts';

/** All of an instance but whom it belongs to. */
export function encodeInstance(instance: Kept): Instance {
  return { ...listedInstance(instance), config: specfileOf(instance.spec), plan: { ...instance.plan } };
}

/** With how far its guest has come, and what waits for its next start. */
export function encodeReached(
  instance: Kept,
  { addresses, agentConnected, readiness }: Reach,
  pendingRestart: readonly PendingChange[],
): Instance {
  return {
    ...encodeInstance(instance),
    addresses: addresses.map((address) => ({ ...address, mac: address.mac ?? undefined })),
    agentConnected: agentConnected ?? undefined,
    readiness,
    pendingRestart: [...pendingRestart],
  };
}

/** By the spec, which is the same object for as long as the document of the domain is the same. */
const listed = new WeakMap<object, { readonly key: string; readonly message: Instance }>();

/** What a list tells: without the config and the whole plan. The same object for as long as nothing has changed. */
export function listedInstance(instance: Kept): Instance {
  // The etag is of the document and the state; the rest is not in the document.
  const key = `${instance.etag} ${String(instance.autostart)}`;
  const known = listed.get(instance.spec);
  if (known?.key === key) return known.message;
  const message = summary(instance);
  listed.set(instance.spec, { key, message });
  return message;
}

function summary(instance: Kept): Instance {
  const { spec, plan, createdVolumes, sshHostKeys } = instance;
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
    volumes: plan.volumes.map(({ id, pool, existing, sizeBytes, format, bus, backing, device }) => ({
      id: id ?? existing?.name ?? '',
      pool,
      sizeBytes: sizeBytes === null ? undefined : BigInt(sizeBytes),
      format,
      bus,
      created: id !== null && created.has(id),
      image: backing?.imageName,
      cdrom: device === 'cdrom',
    })),
    networks: plan.networks.map(({ network }) => network),
    config: undefined,
    plan: undefined,
    warnings: [...plan.warnings],
    sshHostKeys: [...sshHostKeys],
    addresses: [],
    agentConnected: undefined,
    readiness: undefined,
    saved: instance.saved,
    pendingRestart: [],
    loginUser: plan.system?.loginUser ?? undefined,
  };
}
