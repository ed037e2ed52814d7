import { afterEach, describe, expect, inject, it } from 'vitest';
import { call } from '../system/daemon.ts';
import { gpu, gpuAudio, devices } from './devices.ts';
import {
  addressesOf,
  canAllocate,
  configWith,
  expectAllGivenBack,
  holderOf,
  onVfio,
  other,
  owner,
  register,
  removeDomains,
  unregister,
} from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));
const card = [gpu, gpuAudio];

afterEach(() => removeDomains(host));

describe('a GPU with its audio', () => {
  it('is passed to a VM, refused to the next, and given back', async () => {
    expect(await host.states(devices)).toMatchObject({ [gpu.address]: { driver: gpu.driver } });
    const answer = await register(host, 'gpu', configWith(gpu));
    expect(answer.status).toBe(200);
    expect(answer.body['devices']).toMatchObject([
      { address: gpu.address, ...gpu.id, reason: 'requested' },
      { address: gpuAudio.address, ...gpuAudio.id, reason: 'same-slot' },
    ]);
    expect(answer.headers.get('protium-notice')).toContain(gpuAudio.address);
    expect(await host.states(card)).toEqual(onVfio(card));
    expect(await host.virsh('domstate', 'gpu')).toBe('running');

    const qemu = await qemuOf('gpu');
    // Only functions of one slot of the guest are one card to its drivers.
    expect(qemu.vfioDevices).toEqual([
      expect.objectContaining({ host: gpu.address, multifunction: true, addr: '0x0' }),
      expect.objectContaining({ host: gpuAudio.address, addr: '0x0.0x1' }),
    ]);
    expect(new Set(qemu.vfioDevices.map(({ bus }) => bus)).size).toBe(1);
    const group = await host.run(`basename "$(readlink /sys/bus/pci/devices/${gpu.address}/iommu_group)"`);
    expect(qemu.openFiles).toContain(`/dev/vfio/${group}`);
    // The devices write to the guest's memory at any time: all of it is pinned.
    expect(qemu.lockedKib).toBeGreaterThanOrEqual(128 * 1024);

    const refused = await register(host, 'second', configWith(gpu), other);
    expect(refused.status).toBe(204);
    expect(refused.headers.get('protium-reason')).toContain('is taken by "gpu"');
    const { body } = await canAllocate(host, configWith(gpu));
    expect(body).toMatchObject({ canallocate: false, reasons: [{ code: 'device-taken' }] });

    expect((await unregister(host, answer)).status).toBe(200);
    await expectAllGivenBack(host);
    expect(await host.domains()).toEqual([]);
    expect((await call(host, 'GET', `/running?client_uid=${owner}`)).body).toEqual([]);
    expect((await canAllocate(host, configWith(gpu))).body).toMatchObject({ canallocate: true });
  });

  it('goes to one of two clients who ask at once', async () => {
    const answers = await Promise.all([
      register(host, 'one', configWith(gpu), owner),
      register(host, 'two', configWith(gpu), other),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 204]);
    const [first, second] = answers;
    const [won, lost] = first.status === 200 ? [first, second] : [second, first];
    expect(addressesOf(won)).toEqual(card.map(({ address }) => address));
    expect(lost.headers.get('protium-reason')).toContain('is taken by');
    expect(await host.domains()).toHaveLength(1);
    expect(await holderOf(host, gpuAudio)).toBe(won.body['vm_name']);
  });
});

interface RunningQemu {
  readonly vfioDevices: readonly { readonly host: string; readonly bus: string }[];
  readonly openFiles: readonly string[];
  readonly lockedKib: number;
}

async function qemuOf(domain: string): Promise<RunningQemu> {
  const output = await host.run(`
    pid=$(cat /run/libvirt/qemu/${domain}.pid)
    tr '\\0' '\\n' </proc/$pid/cmdline | grep '"driver":"vfio-pci"'
    sed -n 's/VmLck:\\s*/locked /p' /proc/$pid/status
    readlink /proc/$pid/fd/* | sort -u`);
  const lines = output.split('\n');
  return {
    vfioDevices: lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { host: string; bus: string }),
    openFiles: lines.filter((line) => line.startsWith('/')),
    lockedKib: Number(/^locked (\d+) kB$/m.exec(output)?.[1]),
  };
}
