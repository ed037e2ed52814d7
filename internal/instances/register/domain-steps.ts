import path from 'node:path';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { guestProfile } from '../../guests/guest-profile.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { LibvirtError } from '../../libvirt/error.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { withoutEffect, type Step, type StepRun } from '../../operations/definition.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { instanceDomain } from '../documents/domain.ts';
import { instanceMetadata } from '../documents/metadata.ts';
import { findDomain } from '../lifecycle/find-domain.ts';
import { activateNetworks, inactiveNetworks } from '../networks.ts';
import { hasLog, removeSerialLogs } from '../unregister/serial-logs.ts';
import type { Spec } from '../../spec/spec.ts';
import type { RegisterInput, RegisterInstance } from './shape.ts';

/** Starts the networks of the VM. They stay: another VM may be about to start on them. */
export function startNetworks(client: LibvirtClient): Step<RegisterInstance, 'start-networks'> {
  const names = ({ input }: StepRun<RegisterInstance>) => input.plan.networks.map(({ network }) => network);
  return {
    name: 'start-networks',
    title: 'start the networks',
    do: async (run) => activateNetworks(client, await inactiveNetworks(client, names(run))),
  };
}

/**
 * Defines the domain, checked against libvirt's schema; spec, plan and owner go into its metadata.
 *
 * @param hostRoot where the machine's /var is: `/`
 */
export function defineDomain(
  client: LibvirtClient,
  hostRoot: string,
): Step<RegisterInstance, 'define-domain'> {
  return {
    name: 'define-domain',
    title: 'define the domain',
    async intent({ input }) {
      return { hadLog: await hasLog(hostRoot, `${input.domain}.log`) };
    },
    async do(run) {
      try {
        const domain = await client.domains.define(documentOf(run), { validate: true });
        if (specOf(run.input).autostart) await client.domains.setAutostart(domain, true);
      } catch (error) {
        throw fromLibvirt(error, 'define the domain');
      }
    },
    async undo({ input }, { hadLog }) {
      const domain = await findDomain(client, input.uuid);
      if (domain !== null) {
        await client.domains.undefine(domain, {
          nvram: 'remove',
          managedSave: true,
          snapshotsMetadata: true,
          checkpointsMetadata: true,
        });
      }
      // What its QEMU and its guest said, in the time that it ran.
      const logs = [path.posix.basename(input.serialLog), ...(hadLog ? [] : [`${input.domain}.log`])];
      await removeSerialLogs(hostRoot, logs);
    },
    leftBehind: ({ input }) => `the domain "${input.domain}": virsh undefine --nvram ${input.domain}`,
  };
}

/** Starts it. libvirt takes such devices from the host's drivers on the way as are still there (`managed='yes'`). */
export function startDomain(client: LibvirtClient): Step<RegisterInstance, 'start-domain'> {
  return {
    name: 'start-domain',
    title: 'start the domain',
    async do({ input }) {
      try {
        await client.domains.create(refOf(input));
      } catch (error) {
        const failure = fromLibvirt(error, 'start the domain');
        throw error instanceof LibvirtError ? withoutEffect(failure) : failure;
      }
    },
    async undo({ input }) {
      const domain = await findDomain(client, input.uuid);
      if (domain === null) return;
      const { state } = await client.domains.state(domain);
      if (state !== 'shutoff') await client.domains.destroy(domain);
    },
    leftBehind: ({ input }) => `the running domain "${input.domain}": virsh destroy ${input.domain}`,
  };
}

function documentOf(run: StepRun<RegisterInstance>): string {
  const { input } = run;
  const { paths } = run.data('create-volumes');
  const seed = input.seed === null ? null : { ...input.seed, ...run.data('create-seed') };
  const { uuid, domain, name, owner, createdAt, requestDigest, plan, hypervisor, serialLog } = input;
  const spec = specOf(input);
  const createdVolumes = input.volumes
    .filter(({ action }) => action === 'create')
    .map(({ pool, name: volume, id }) => ({ pool, name: volume, id }));
  const document = instanceDomain({
    uuid,
    domain,
    name,
    spec,
    plan,
    profile: guestProfile({ os: plan.system ?? spec.os }),
    hypervisor,
    volumes: input.volumes.map((volume) => ({
      id: volume.id,
      path: volume.path ?? paths[volume.id] ?? '',
      format: volume.format,
      plan: volume,
    })),
    seed: seed?.path ?? null,
    metadata: instanceMetadata({
      owner,
      ...(input.creator === undefined ? {} : { creator: input.creator }),
      name,
      createdAt,
      requestDigest,
      spec,
      plan,
      createdVolumes,
      seedPool: seed?.pool ?? null,
      sshHostKeys: seed?.sshHostKeys ?? [],
    }),
    serialLog,
  });
  return serializeXml(document);
}

function specOf({ specJson }: RegisterInput): Spec {
  return JSON.parse(specJson) as Spec;
}

function refOf({ domain, uuid }: { readonly domain: string; readonly uuid: string }): DomainRef {
  return { name: domain, uuid, id: null };
}
