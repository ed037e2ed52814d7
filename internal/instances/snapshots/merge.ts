import { setTimeout } from 'node:timers/promises';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { domainElement } from '../../xml/domain/build.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { orAbsent } from '../from-documents/absent.ts';

export interface Merge {
  readonly top: string;
  readonly base: string;
  /** The end of a chain that both are in. */
  readonly through: string;
}

/**
 * Puts what is in `top` into `base`, by the domain that runs on this chain.
 *
 * @param disk its target
 */
export async function mergeInto(
  client: LibvirtClient,
  domain: DomainRef,
  disk: string,
  { top, base, through }: Merge,
  signal: AbortSignal,
): Promise<void> {
  const active = top === through;
  try {
    await client.domains.blockCommit(domain, disk, { top, base, active });
    await untilMerged(client, domain, disk, active, signal);
  } catch (error) {
    throw fromLibvirt(error, `put ${top} into ${base}`);
  }
}

const lookEveryMs = 200;
/** A job that has caught up is ready a moment later. */
const mostRefusals = 50;

async function untilMerged(
  client: LibvirtClient,
  domain: DomainRef,
  disk: string,
  active: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let refusals = 0; ;) {
    const job = await client.domains.blockJob(domain, disk);
    if (job === null) {
      if (!active) return;
      throw new ProtiumError(
        'libvirt-failed',
        'The layers were not put together: the job ended before it was done.',
      );
    }
    if (active && job.current === job.end) {
      try {
        await client.domains.blockJobAbort(domain, disk, { pivot: true });
        return;
      } catch (error) {
        refusals += 1;
        if (!(error instanceof LibvirtError) || refusals > mostRefusals) throw error;
      }
    }
    await setTimeout(lookEveryMs, undefined, { signal });
  }
}

/**
 * The same where no domain runs on the chain: by one that is made for it, has nothing but the disk, and whose vCPU never runs.
 * QEMU then works as confined as ever, and where libvirt is.
 */
export async function mergeByHelper(
  client: LibvirtClient,
  helper: { readonly name: string; readonly type: 'kvm' | 'qemu' },
  merge: Merge,
  signal: AbortSignal,
): Promise<void> {
  const { domains } = client;
  // Left by a daemon that was killed in the middle.
  const left = await orAbsent(domains.lookupByName(helper.name), virError.noDomain);
  if (left !== null) await domains.destroy(left);
  let domain: DomainRef;
  try {
    domain = await domains.createXml(helperDocument(helper, merge.through), { paused: true });
  } catch (error) {
    throw fromLibvirt(error, 'open the layers');
  }
  try {
    await mergeInto(client, domain, helperDisk, merge, signal);
  } finally {
    await orAbsent(domains.destroy(domain), virError.noDomain);
  }
}

const helperDisk = 'vda';

function helperDocument({ name, type }: Parameters<typeof mergeByHelper>[1], file: string): string {
  return serializeXml(
    domainElement({
      type,
      name,
      title: 'Puts layers of a disk together; it goes by itself',
      memoryKiB: 32 * 1024,
      os: { firmware: { type: 'bios' } },
      devices: {
        disks: [{ source: { type: 'file', path: file }, format: 'qcow2', target: helperDisk, bus: 'virtio' }],
        guestAgent: false,
        balloon: null,
        rng: null,
      },
    }),
  );
}
