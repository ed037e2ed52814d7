import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InstanceRecords } from '../../../internal/instances/records.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import type { LiveView } from '../../../internal/libvirt/live-view/live-view.ts';
import { createOwnership } from '../../../internal/ownership/ownership.ts';
import { shareStorage } from '../../../internal/storage/pools/share-storage.ts';
import { createSubscriptionHolds } from '../../../internal/subscriptions/holds.ts';
import { createStorageGuard } from '../../../internal/subscriptions/storage-guard.ts';
import { createSubscriptionStore } from '../../../internal/subscriptions/subscription-store.ts';
import { createVolumeOwners } from '../../../internal/subscriptions/volume-owners.ts';
import { openFor } from '../operations/fixture.ts';
import { temporaryDirectory } from '../store/state.ts';

const owner = 'a'.repeat(32);
const other = 'b'.repeat(32);

/** A pool of 150 bytes of which an owner holds 100; `images` lies beside it on the same file system, `far` elsewhere. */
function world() {
  const store = createSubscriptionStore(openFor(':memory:'));
  const holds = createSubscriptionHolds(store);
  store.insert(
    {
      ...{
        id: 's',
        owner,
        plan: 'storage-100gib',
        pricePerMonth: 2,
        instance: null,
        createdAt: 5,
        endedAt: null,
      },
      held: { kind: 'storage', pool: 'main', bytes: 100 },
    },
    null,
  );
  const ownership = createOwnership(openFor(':memory:'));
  const volumes: { name: string; allocationBytes: bigint }[] = [];
  const domains = [{ name: 'web' }];
  const view = {
    pool: (name: string) => ({ uuid: name }),
    volumes: (uuid: string) => (uuid === 'main' ? volumes : []),
    domains: () => domains,
  } as unknown as LiveView;
  const records = {
    of: () => ({ owner, createdVolumes: [{ pool: 'main', name: 'root' }] }),
  } as unknown as InstanceRecords;
  const owners = createVolumeOwners({ view, records, ownership });
  const refreshed: string[] = [];
  const guard = createStorageGuard({
    client: {
      pools: {
        lookupByName: (name: string) => Promise.resolve({ name, uuid: name }),
        refresh: ({ name }: { name: string }) => Promise.resolve(void refreshed.push(name)),
        info: () => Promise.resolve({ availableBytes: 150n }),
      },
    } as unknown as LibvirtClient,
    holds,
    volumes: owners,
    shareStorage: (pool, with_) => Promise.resolve(pool === 'main' && with_ === 'images'),
  });
  return { store, guard, ownership, volumes, owners, refreshed };
}

const full = expect.objectContaining({
  code: 'storage-full',
  message: expect.stringMatching(/has 150 left, of which 100 are held for subscriptions/) as string,
}) as unknown as Error;

describe('storage that is held', () => {
  it.each(['main', 'images'])('is not taken by others, in %s', async (pool) => {
    const { guard } = world();
    for (const as of [other, null]) {
      await guard.require({ pool, bytes: 50n, owner: as });
      await expect(guard.require({ pool, bytes: 51n, owner: as })).rejects.toThrow(full);
    }
    await guard.require({ pool, bytes: 150n, owner });
  });

  it('is not asked after elsewhere, nor when it has ended', async () => {
    const { guard, store, refreshed } = world();
    await guard.require({ pool: 'far', bytes: 10n ** 6n, owner: null });
    store.end('s', 9);
    await guard.require({ pool: 'main', bytes: 10n ** 6n, owner: null });
    expect(refreshed).toEqual([]);
  });

  it('is less by what its owner has made of it, of instances and of volumes by themselves', async () => {
    const { guard, ownership, volumes, owners } = world();
    volumes.push(
      { name: 'root', allocationBytes: 30n },
      { name: 'data', allocationBytes: 20n },
      { name: 'nobody', allocationBytes: 40n },
    );
    ownership.record({ kind: 'volume', id: 'main/data', owner, label: 'd' });
    ownership.record({ kind: 'volume', id: 'main/root', owner, label: 'twice: counts once' });
    expect(owners.bytesOf('main', owner)).toBe(50);
    await guard.require({ pool: 'main', bytes: 100n, owner: other });
    await expect(guard.require({ pool: 'main', bytes: 101n, owner: other })).rejects.toMatchObject({
      code: 'storage-full',
    });
  });

  it('knows whose a volume is', () => {
    const { guard, ownership } = world();
    ownership.record({ kind: 'volume', id: 'far/theirs', owner: other, label: 'd' });
    expect(guard.ownerOf({ pool: 'far', name: 'theirs' })).toBe(other);
    expect(guard.ownerOf({ pool: 'main', name: 'root' })).toBe(owner);
    expect(guard.ownerOf({ pool: 'main', name: 'none' })).toBeNull();
  });
});

it('pools share what is on one file system, and nothing where that is not known', async () => {
  const root = temporaryDirectory();
  for (const name of ['a', 'b']) mkdirSync(path.join(root, name));
  const paths: Record<string, string | null> = {
    a: '/a',
    b: '/b',
    proc: '/../../../../../proc',
    none: '/none',
    rbd: null,
  };
  const parts = {
    view: { pool: (name: string) => ({ targetPath: paths[name] ?? null }) } as unknown as LiveView,
    hostRoot: root,
  };
  expect(await shareStorage(parts, 'a', 'b')).toBe(true);
  for (const other of ['proc', 'none', 'rbd', 'unknown']) {
    expect(await shareStorage(parts, 'a', other), other).toBe(false);
    expect(await shareStorage(parts, other, other), other).toBe(other === 'proc');
  }
});
