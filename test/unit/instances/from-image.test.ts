import { describe, expect, it } from 'vitest';
import type { Image } from '../../../internal/images/image.ts';
import { unknownOs } from '../../../internal/images/image.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { readVolume } from '../../../internal/xml/volume.ts';
import { databasePath } from '../operations/fixture.ts';
import { machine } from '../placement/hosts.ts';
import { fakeHost, type FakeHost } from './fake-host.ts';

const facts = machine({ coresPerNode: 64, memoryMib: 1_048_576 });
const volume = { pool: 'protium-images', name: `${'d'.repeat(64)}.qcow2` };
const image: Image = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  name: 'debian-12',
  digest: `sha256:${'d'.repeat(64)}`,
  format: 'qcow2',
  virtualSizeBytes: 2e9,
  sizeBytes: 1e9,
  os: { ...unknownOs, family: 'linux', flavour: 'debian', loginUser: 'debian' },
  source: { kind: 'file', location: '/x' },
  createdAt: '2026-01-01T00:00:00.000Z',
  volume,
};

function hostWithImage(database = databasePath(), volumes?: ReadonlyMap<string, Buffer>): FakeHost {
  const host = fakeHost(facts, database, volumes);
  host.images.push(image);
  return host;
}

function register(host: FakeHost, name: string) {
  const answer = readSpec({
    slots: 1,
    ramsize: 1024,
    overprovision: 10,
    protium: { image: 'debian-12' },
    auth: { 'ssh-key': 'ssh-ed25519 A' },
  });
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return host.instances.register({ owner: 'f'.repeat(32), name, spec: answer.spec });
}

describe('an instance from an image', () => {
  it('has a layer on it, and its user; the image is held until it runs', async () => {
    const host = hostWithImage();
    const release = host.holdStarts();
    const made = register(host, 'web');
    await expect.poll(() => host.calls).toEqual(['define web']);
    expect(host.imageHolds.usersOf(volume)).toEqual(['creation of "web"']);
    release();
    const outcome = await made;
    if (outcome.outcome !== 'registered') throw new Error('it was refused');
    expect(host.imageHolds.usersOf(volume)).toEqual([]);
    const { plan, uuid } = outcome.instance;
    expect(plan.system).toMatchObject({ flavour: 'debian', loginUser: 'debian' });
    const document = readVolume(
      parseXml(host.volumeDocuments.get(`${plan.volumes[0]?.id ?? ''}.qcow2`) ?? ''),
    );
    expect(document.backing).toEqual({ path: `/images/${volume.name}`, format: 'qcow2' });
    expect(document.capacityBytes).toBe(2_000_000_000n);
    expect(host.volumes.get(`${uuid}-seed.iso`)?.toString('latin1')).toMatch(/name: "?debian"?/);
    await host.instances.unregister({ owner: 'f'.repeat(32), uuid, purge: true });
    expect(host.volumes.size).toBe(0);
  });

  it('is not begun while the image is being deleted, nor after it', async () => {
    const host = hostWithImage();
    const reopen = host.imageHolds.close(volume);
    await expect(register(host, 'late')).rejects.toMatchObject({ code: 'busy' });
    reopen();
    // It goes between the plan and the hold.
    host.goesWhilePlanned(image.id);
    await expect(register(host, 'later')).rejects.toMatchObject({ code: 'not-found' });
    expect(host.imageHolds.usersOf(volume)).toEqual([]);
    expect(host.calls).toEqual([]);
    expect(host.operations.list().operations).toEqual([]);
  });

  it('that a killed daemon left half made holds the image until it is taken back', async () => {
    const database = databasePath();
    const killed = hostWithImage(database);
    killed.holdStarts();
    void register(killed, 'halfway').catch(() => undefined);
    await expect.poll(() => killed.calls).toEqual(['define halfway']);
    const next = hostWithImage(database, killed.volumes);
    expect(next.imageHolds.usersOf(volume)).toEqual(['creation of "halfway"']);
    await next.operations.recover();
    expect(next.imageHolds.usersOf(volume)).toEqual([]);
    expect(next.volumes.size).toBe(0);
  });

  it('twenty at once all get one', async () => {
    const host = hostWithImage();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => register(host, `vm-${index}`)),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(20).fill('registered'));
    expect(host.domains.size).toBe(20);
    expect(host.imageHolds.usersOf(volume)).toEqual([]);
  });
});
