import { randomUUID } from 'node:crypto';
import type { HypervisorFacts } from '../../host/facts.ts';
import type { Plan, VolumePlan } from '../../placement/plan.ts';
import { withoutSecrets } from '../../spec/specfile.ts';
import { domainName, seedName } from '../documents/names.ts';
import type { RegisterRequest } from '../instance.ts';
import type { RegisterInput, RegisterVolume } from './shape.ts';

/** Makes up what the plan leaves open: uuid, names, ids of new volumes. Secrets are left out. */
export function registerInput(options: {
  readonly request: RegisterRequest;
  readonly requestDigest: string;
  /** Of the domain; left out: a new one. */
  readonly uuid?: string;
  readonly plan: Plan;
  readonly hypervisor: HypervisorFacts;
  readonly pool: RegisterInput['pool'];
  /** Whether a domain has that name, or is about to. */
  readonly isTaken: (domain: string) => boolean;
}): RegisterInput {
  const { request, plan, hypervisor } = options;
  const uuid = options.uuid ?? randomUUID();
  const domain = request.domain ?? domainName(request.name, uuid, options.isTaken);
  const volumes = plan.volumes.map(registerVolume);
  return {
    uuid,
    domain,
    name: request.name,
    owner: request.owner,
    ...(request.creator === undefined ? {} : { creator: request.creator }),
    createdAt: new Date().toISOString(),
    requestDigest: options.requestDigest,
    specJson: JSON.stringify(withoutSecrets(request.spec)),
    // With the ids of new volumes: the plan is what is remembered.
    plan: {
      ...plan,
      volumes: plan.volumes.map((volume, index) => ({ ...volume, id: volumes[index]?.id ?? volume.id })),
    },
    hypervisor: { hypervFeatures: hypervisor.hypervFeatures, virtioWin: hypervisor.virtioWin },
    volumes,
    pool: options.pool,
    seed: plan.seed === null ? null : { pool: plan.seed.pool, name: seedName(uuid) },
    serialLog: `/var/log/libvirt/qemu/${uuid}-serial0.log`,
    ...(request.floatingAddress === true ? { floatingAddress: true } : {}),
  };
}

function registerVolume(volume: VolumePlan): RegisterVolume {
  const id = volume.id ?? randomUUID();
  const { action, device = 'disk', pool, backing = null, format, sizeBytes, bus } = volume;
  const { readonly, bootOrder, existing } = volume;
  return {
    id,
    action,
    device,
    pool,
    backing,
    name: existing?.name ?? `${id}.${format}`,
    path: existing?.path ?? null,
    format,
    sizeBytes,
    bus,
    readonly,
    bootOrder,
  };
}
