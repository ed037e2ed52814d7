import { isIPv6 } from 'node:net';
import { planEtagOf } from '../../provision/run/create-provisions.ts';
import type { ProvisionPlan as Plan } from '../../provision/run/plan.ts';
import type { Access, Provision as Kept } from '../../provision/run/provision.ts';
import type { Provision, ProvisionPlan } from '../grpc/generated/protium/v1/provisions.ts';

export function encodePlan(plan: Plan): ProvisionPlan {
  const { devices, image, config } = plan;
  // User-data may hold what nobody else is to see.
  const { cloudinit: _userData, ...shown } = config;
  return {
    name: plan.name,
    source: plan.source,
    asked: plan.asked.map(({ from, ...rest }) => ({ ...rest, origin: from })),
    deviceClass: devices.device?.id ?? '',
    deviceCount: devices.device?.count ?? 0,
    deviceReason: devices.reason,
    otherDevices: devices.others.map(({ id, name, reason }) => ({
      name: `${name} (${id})`,
      suitable: reason.startsWith('it would do'),
      reason,
    })),
    image: image.image?.name ?? '',
    imageDigest: image.image?.digest ?? '',
    imageReason: image.reason,
    imageCandidates: image.candidates.map((each) => ({ ...each })),
    config: { ...shown },
    startTime: new Date(plan.start),
    endTime: new Date(plan.end),
    steps: [...plan.steps],
    refusals: [...plan.refusals],
    notes: [...plan.notes],
    etag: planEtagOf(plan),
  };
}

export function encodeProvision(provision: Kept): Provision {
  const { id, owner, name, state, plan, requirement, lease, instance, access, progress, problem } = provision;
  return {
    id,
    owner,
    name,
    state,
    plan: encodePlan(plan),
    requirement: { ...requirement },
    lease: lease ?? undefined,
    instance: instance ?? undefined,
    access: access === null ? undefined : encodeAccess(access),
    progress,
    problem: problem ?? undefined,
    checks: (provision.checks ?? []).map((check) => ({ ...check })),
    createTime: new Date(provision.createdAt),
  };
}

function encodeAccess({ user, address, port, hostKeys }: Access) {
  const at = isIPv6(address) ? `[${address}]` : address;
  const who = user === null ? '' : `${user}@`;
  const ssh = `ssh ${port === 22 ? '' : `-p ${port} `}${who}${port === 22 ? address : at}`;
  return { user: user ?? undefined, address, port, hostKeys: [...hostKeys], ssh };
}
