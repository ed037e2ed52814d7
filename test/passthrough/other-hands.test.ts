import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, it } from 'vitest';
import { call } from '../system/daemon.ts';
import { devices, gpu, gpuAudio } from './devices.ts';
import {
  canAllocate,
  configWith,
  expectAllGivenBack,
  holderOf,
  onHostDrivers,
  onVfio,
  other,
  owner,
  register,
  removeDomains,
} from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));
const card = [gpu, gpuAudio];

afterEach(() => removeDomains(host));

it('a domain that somebody started with virsh has its device at once', async () => {
  const hostdevs = card.map(({ address }) => {
    const [domain, bus, slot, fn] = address.split(/[:.]/);
    return `<hostdev mode='subsystem' type='pci' managed='yes'><source>
      <address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/></source></hostdev>`;
  });
  await host.run(`cat >/run/foreign.xml <<'XML'
<domain type='kvm'><name>foreign</name><memory unit='MiB'>64</memory>
  <os><type machine='q35'>hvm</type></os><devices>${hostdevs.join('')}</devices></domain>
XML
    virsh -q create /run/foreign.xml`);
  expect(await host.states(card)).toEqual(onVfio(card));
  const refused = await register(host, 'gpu', configWith(gpu));
  expect(refused.status).toBe(204);
  expect(refused.headers.get('protium-reason')).toContain('is taken by "foreign"');
  expect(await host.domains()).toEqual(['foreign']);

  await host.virsh('destroy', 'foreign');
  await expectAllGivenBack(host);
  expect((await register(host, 'gpu', configWith(gpu))).status).toBe(200);
});

it('a VM that shuts itself down keeps its claim, and the host has the devices again', async () => {
  const config = { ...configWith(gpu), volumes: [{ vid: await makeDiskThatPowersOff() }] };
  // The daemon learns of the volume by an event.
  await expect
    .poll(async () => (await canAllocate(host, config)).body, { timeout: 30_000, interval: 500 })
    .toMatchObject({ canallocate: true });
  const answer = await register(host, 'brief', config);
  expect(answer.status).toBe(200);
  await expect
    .poll(() => host.virsh('domstate', 'brief'), { timeout: 60_000, interval: 500 })
    .toBe('shut off');
  expect(await host.virsh('domstate', '--reason', 'brief')).toBe('shut off (shutdown)');
  await expectOnlyClaimed('brief');
});

it('a VM that somebody ends with virsh keeps its claim, and the host has the devices again', async () => {
  expect((await register(host, 'ended', configWith(gpu))).status).toBe(200);
  await host.virsh('destroy', 'ended');
  await expectOnlyClaimed('ended');
});

/** The devices are the host's, and yet promised to the VM, which is still there. */
async function expectOnlyClaimed(domain: string): Promise<void> {
  await expect.poll(() => host.states(devices), { timeout: 60_000, interval: 500 }).toEqual(onHostDrivers());
  const { body } = await call(host, 'GET', `/running?client_uid=${owner}`);
  expect(body).toMatchObject([{ vm_name: domain }]);
  expect([await holderOf(host, gpu), await holderOf(host, gpuAudio)]).toEqual([domain, domain]);
  expect((await register(host, 'another', configWith(gpu), other)).status).toBe(204);
  const { body: refusal } = await canAllocate(host, configWith(gpu));
  expect(refusal).toMatchObject({ canallocate: false, reasons: [{ code: 'device-taken' }] });
}

/**
 * A volume in the daemon's pool whose boot sector does nothing but power the machine off: SLP_EN into PM1a_CNT, which the
 * firmware puts at port 0x604 of a q35 machine.
 *
 * @returns its id
 */
async function makeDiskThatPowersOff(): Promise<string> {
  const id = randomUUID();
  const code = ['ba 04 06', 'b8 00 20', 'ef', 'f4', 'eb fd']; // mov dx, 0x604; mov ax, 0x2000; out dx, ax; hlt; jmp to the hlt
  const bytes = code.flatMap((instruction) => instruction.split(' ')).map((byte) => `\\x${byte}`);
  const file = `/var/lib/libvirt/images/protium/${id}.raw`;
  await host.run(`
    virsh -q pool-info protium >/dev/null 2>&1 ||
      virsh -q pool-create-as protium dir --target /var/lib/libvirt/images/protium --build
    printf '${bytes.join('')}' >${file}
    printf '\\x55\\xaa' | dd of=${file} bs=1 seek=510 status=none
    truncate -s 1M ${file}
    virsh -q pool-refresh protium`);
  return id;
}
