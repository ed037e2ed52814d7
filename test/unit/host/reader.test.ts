import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createHostReader } from '../../../internal/host/reader.ts';
import { LibvirtConnectionError } from '../../../internal/libvirt/error.ts';
import { fixtureHost, fixtureHostRoot } from '../../fixtures/hosts/load.ts';
import { hostCalls } from './host-calls.ts';

const documents = path.join(import.meta.dirname, '../xml/documents');
const removals: (() => Promise<void>)[] = [];
let root: string;
let calls: Parameters<typeof hostCalls>[0];
beforeAll(async () => {
  root = await fixtureHostRoot('no-iommu', (remove) => {
    removals.push(remove);
  });
  calls = {
    capabilities: await readFile(path.join(documents, 'capabilities.xml'), 'utf8'),
    domainCapabilities: await readFile(path.join(documents, 'domain-capabilities.xml'), 'utf8'),
  };
});

afterAll(() => Promise.all(removals.map((remove) => remove())));

/** A reader of the machine, with what it asked libvirt. */
function reader(place = root) {
  const host = hostCalls(calls);
  const capabilities = vi.spyOn(host, 'capabilities');
  return { capabilities, reader: createHostReader({ root: place, client: { host } }) };
}

it('reads the machine and asks libvirt once', async () => {
  const { reader: host, capabilities } = reader();
  expect(host.current()).toBeNull();
  const first = await host.read({ maxAgeMs: 0 });
  expect(first.pci).toEqual((await fixtureHost('no-iommu')).pci);
  expect(first.hypervisor).toMatchObject({ arch: 'x86_64', virtioWin: null });
  expect(host.current()).toBe(first);
  expect(await host.read({ maxAgeMs: Infinity })).toBe(first);
  expect(await host.read({ maxAgeMs: 0 })).not.toBe(first);
  expect(capabilities).toHaveBeenCalledTimes(1);
});

it('many at once share: those who come during a read get the next one, which is after their call', async () => {
  const { reader: host } = reader();
  const many = await Promise.all(Array.from({ length: 200 }, () => host.read({ maxAgeMs: 0 })));
  expect(new Set(many).size).toBeLessThanOrEqual(2);
  const running = host.read({ maxAgeMs: 0 });
  await Promise.resolve();
  const late = host.read({ maxAgeMs: 0 });
  const notPicky = host.read({ maxAgeMs: 60_000 });
  expect(await late).not.toBe(await running);
  // What was read before is good enough for it.
  expect(await notPicky).not.toBe(await late);
});

it('asks another libvirtd again', async () => {
  const { reader: host, capabilities } = reader();
  await host.read({ maxAgeMs: 0 });
  host.forgetHypervisor();
  await host.read({ maxAgeMs: 0 });
  expect(capabilities).toHaveBeenCalledTimes(2);
});

it('fails while libvirt has never answered, and asks again', async () => {
  const { reader: host, capabilities } = reader();
  capabilities.mockRejectedValueOnce(new LibvirtConnectionError('no libvirtd'));
  const failures = await Promise.allSettled([host.read({ maxAgeMs: 0 })]);
  expect(failures).toMatchObject([{ status: 'rejected', reason: { code: 'libvirt-unavailable' } }]);
  expect(host.current()).toBeNull();
  expect((await host.read({ maxAgeMs: 0 })).pci).toHaveLength(10);
});

it('a directory that is no machine is told as such', async () => {
  const empty = await mkdtemp(path.join(tmpdir(), 'protium-no-machine-'));
  onTestFinished(() => rm(empty, { recursive: true }));
  await expect(reader(empty).reader.read({ maxAgeMs: 0 })).rejects.toThrow('The host cannot be read');
});

it('this machine itself is read', async () => {
  const { reader: host } = reader('/');
  const facts = await host.read({ maxAgeMs: 0 });
  expect(facts.cpu.cores.length).toBeGreaterThan(0);
  expect(facts.memory.totalMib).toBeGreaterThan(0);
  expect(facts.numaNodes.flatMap(({ cpus }) => cpus)).toEqual(
    expect.arrayContaining(facts.cpu.cores.flatMap(({ cpus }) => [...cpus])),
  );
});
