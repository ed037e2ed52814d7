import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { orAbsent } from '../from-documents/absent.ts';
import { readChains, type Chains } from './chains.ts';
import { nextTidying, type Tidying } from './layers.ts';
import { mergeByHelper, mergeInto } from './merge.ts';
import { pointDisks } from './point-disks.ts';
import { refreshPoolsOf } from './refresh-pools.ts';
import { redefineSnapshot } from './redefine-snapshot.ts';

/** Puts layers together, and deletes those that nothing stands on, until the chains hold no more than what is needed. */
export async function tidyChains(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'volumes'>,
  uuid: string,
  signal: AbortSignal,
): Promise<void> {
  let last: Tidying | null = null;
  for (;;) {
    const chains = await readChains(client, view, uuid);
    const next = nextTidying(chains.files, chains.needed);
    if (next === null) return;
    if (JSON.stringify(next) === JSON.stringify(last)) {
      throw new ProtiumError(
        'libvirt-failed',
        `The layers of the disks cannot be put in order: ${describe(next)}.`,
      );
    }
    if (next.action === 'delete') await deleteFile(client, next.path);
    else await merge(client, chains, next, signal);
    await refreshPoolsOf(
      client,
      view,
      chains.files.map(({ path }) => path),
    );
    last = next;
  }
}

async function merge(
  client: LibvirtClient,
  { current, snapshots, files }: Chains,
  step: Extract<Tidying, { action: 'merge' }>,
  signal: AbortSignal,
): Promise<void> {
  const { domain, definition, running, record } = current;
  const disk =
    running === null
      ? undefined
      : readDomain(running).disks.find(
          ({ source }) => source?.type === 'file' && source.path === step.through,
        );
  if (disk !== undefined) await mergeInto(client, domain, disk.target, step, signal);
  else {
    const helper = { name: `protium-merge-${domain.uuid}`, type: record.plan.domainType };
    await mergeByHelper(client, helper, step, signal);
  }
  const { top, base } = step;
  const format = files.find(({ path }) => path === base)?.format ?? 'qcow2';
  const pointers = [{ from: top, to: base, format }];
  if (running === null) {
    const moved = pointDisks(definition, pointers);
    if (moved !== definition) await client.domains.define(serializeXml(moved), { validate: true });
  }
  for (const snapshot of snapshots) {
    if (!snapshot.disks.some(({ path }) => path === top)) continue;
    await redefineSnapshot(client, domain, pointDisks(snapshot.document, pointers), snapshot.current);
  }
  await deleteFile(client, top);
}

async function deleteFile(client: LibvirtClient, file: string): Promise<void> {
  try {
    const volume = await orAbsent(client.volumes.lookupByPath(file), virError.noStorageVolume);
    if (volume !== null) await client.volumes.delete(volume);
  } catch (error) {
    throw fromLibvirt(error, `delete the layer ${file}`);
  }
}

function describe(step: Tidying): string {
  return step.action === 'delete' ? `${step.path} is still there` : `${step.top} is still on ${step.base}`;
}
