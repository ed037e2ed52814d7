import { expect, it } from 'vitest';
import type { InstanceRecords } from '../../../internal/instances/records.ts';
import type { LiveView } from '../../../internal/libvirt/live-view/live-view.ts';
import { createOwnership } from '../../../internal/ownership/ownership.ts';
import { createVolumeOwners } from '../../../internal/subscriptions/volume-owners.ts';
import { openFor } from '../operations/fixture.ts';

interface Made {
  readonly owner: string;
  readonly createdVolumes: readonly { readonly pool: string; readonly name: string }[];
}

const [red, blue, green] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
const made = (owner: string, ...names: readonly string[]): Made => ({
  owner,
  createdVolumes: names.map((name) => ({ pool: 'p', name })),
});

it('whose a volume is, is as fresh as the view', () => {
  const ownership = createOwnership(openFor(':memory:'));
  let domains: readonly (Made | null)[] = [made(red, 'one', 'both'), null, made(blue, 'both')];
  const owners = createVolumeOwners({
    view: { domains: () => domains, pool: () => undefined, volumes: () => [] } as unknown as LiveView,
    records: { of: (domain: unknown) => domain } as unknown as InstanceRecords,
    ownership,
  });
  const of = (name: string, pool = 'p') => owners.ownerOf({ pool, name });
  expect([of('one'), of('both'), of('two'), of('one', 'q')]).toEqual([red, red, null, null]);
  // The view has another list as soon as one of its domains was read again.
  domains = [made(blue, 'both', 'two')];
  expect([of('one'), of('both'), of('two')]).toEqual([null, blue, blue]);
  ownership.record({ kind: 'volume', id: 'p/both', owner: green, label: 'both' });
  expect(of('both')).toBe(green);
  ownership.forget('volume', 'p/both');
  expect(of('both')).toBe(blue);
});
