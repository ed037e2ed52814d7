import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { guestProfile } from '../../guests/guest-profile.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { Step } from '../../operations/definition.ts';
import type { Seed, SeedMaker, SeedOrder } from '../../seed/seed-maker.ts';
import type { Spec } from '../../spec/spec.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { volumeElement } from '../../xml/volume.ts';
import { deleteVolume } from '../delete-volume.ts';
import type { GuestSetups } from './guest-setups.ts';
import type { RegisterInput, RegisterInstance } from './shape.ts';

/** Makes the medium from which the guest sets itself up, as a volume. It holds secrets: of these the journal knows nothing. */
export function createSeed(
  client: LibvirtClient,
  seeds: Pick<SeedMaker, 'withSeed'>,
  setups: GuestSetups,
): Step<RegisterInstance, 'create-seed'> {
  return {
    name: 'create-seed',
    title: 'make the medium that sets up the guest',
    async do({ input }) {
      return seeds.withSeed(orderOf(input, setups), async (seed) => ({
        path: await upload(client, volumeOf(input), seed),
        sshHostKeys: [...seed.sshHostKeys],
      }));
    },
    async undo({ input }) {
      await deleteVolume(client, volumeOf(input));
    },
    leftBehind({ input }) {
      const { pool, name } = volumeOf(input);
      return `the volume "${name}", which holds secrets: virsh vol-delete --pool ${pool} ${name}`;
    },
  };
}

function volumeOf({ seed }: RegisterInput): NonNullable<RegisterInput['seed']> {
  if (seed === null) throw new ProtiumError('internal', 'No seed was planned.');
  return seed;
}

function orderOf({ uuid, domain, plan, specJson }: RegisterInput, setups: GuestSetups): SeedOrder {
  const setup = setups.get(uuid);
  if (setup === undefined) throw new ProtiumError('internal', 'What the guest is to be given is gone.');
  const spec = JSON.parse(specJson) as Spec;
  const system = plan.system ?? { ...spec.os, loginUser: null };
  const { login, qemuAgent, agentPackage } = guestProfile({ os: system });
  const hasAgent = spec.qemuAgent ?? qemuAgent;
  return {
    uuid,
    hostname: domain,
    login: { ...login, user: system.loginUser ?? login.user },
    setup,
    // Without a network there is nowhere to get it from.
    agentPackage: hasAgent && plan.networks.length > 0 ? agentPackage : null,
  };
}

/** @returns where the volume is */
async function upload(
  client: LibvirtClient,
  { pool, name }: NonNullable<RegisterInput['seed']>,
  { file, bytes }: Seed,
): Promise<string> {
  const capacityBytes = BigInt(bytes);
  try {
    const document = volumeElement({ name, capacityBytes, format: 'raw', permissions: { mode: '0600' } });
    const volume = await client.volumes.create(await client.pools.lookupByName(pool), serializeXml(document));
    const stream = await client.volumes.upload(volume, { offset: 0n, length: capacityBytes });
    await pipeline(createReadStream(file), stream);
    return volume.key;
  } catch (error) {
    throw fromLibvirt(error, 'make the medium that sets up the guest');
  }
}
