import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Provision } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { Failure } from '../failure.ts';

/** What the result file says: the keys of both versions of EnvAgent's provision tool, and ours. */
export function resultOf(
  { id, name, state, lease, instance, access, plan, requirement, checks }: Provision,
  keyName: string | null,
): Readonly<Record<string, unknown>> {
  const network = (plan?.config?.['networks'] as readonly { network_uid?: string }[] | undefined)?.[0];
  return {
    server_name: name,
    server_id: instance ?? null,
    lease_id: lease ?? null,
    // A lease is its only reservation.
    reservation_id: lease ?? null,
    floating_ip: access?.address ?? null,
    image: plan?.image ?? null,
    image_name: plan?.image ?? null,
    image_id: imageId(plan?.config) ?? null,
    node_type: plan === undefined || plan.deviceClass === '' ? null : plan.deviceClass,
    key_name: keyName,
    network_id: network?.network_uid ?? 'default',
    end_date: plan?.endTime?.toISOString() ?? null,
    end: plan?.endTime?.toISOString() ?? null,
    state,
    provision_id: id,
    ssh:
      access === undefined
        ? null
        : {
            user: access.user ?? null,
            host: access.address,
            port: access.port,
            hostKey: access.hostKeys[0] ?? null,
            hostKeys: access.hostKeys,
            command: access.ssh,
          },
    requirement: requirement ?? null,
    image_digest: plan?.imageDigest ?? null,
    checks,
    plan: plan ?? null,
  };
}

function imageId(config: object | undefined): string | undefined {
  const volumes = (config as { volumes?: readonly { image?: string }[] } | undefined)?.volumes;
  return volumes?.[0]?.image;
}

/** Whole or not at all: whoever reads it never sees a half. */
export async function writeResult(file: string, result: object): Promise<void> {
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, `${JSON.stringify(result, null, 2)}\n`, { flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Failure('result-unwritable', `${file}: ${(error as Error).message}.`, { cause: error });
  }
}
