import { expect, it } from 'vitest';
import { pciKind } from '../../../internal/migration/host-devices.ts';
import { settlement, type Presence } from '../../../internal/migration/settlement.ts';
import { parseXml } from '../../../internal/xml/parse.ts';

const presences: readonly Presence[] = ['absent', 'off', 'paused', 'running', 'unknown'];

it('what runs is never removed, and one of the two always stays', () => {
  for (const here of presences) {
    for (const there of presences) {
      const settled = settlement(here, there);
      if (settled.outcome === 'moved') {
        expect([here, there], 'what is removed here').not.toContain('unknown');
        expect(here).not.toBe('running');
        expect(there).not.toBe('absent');
      }
      if (settled.outcome === 'stayed') {
        expect(there).not.toBe('running');
        expect(here).not.toBe('absent');
      }
    }
  }
});

it('is where it runs; with both unclear nothing is touched', () => {
  expect(settlement('absent', 'running')).toEqual({
    outcome: 'moved',
    resumeThere: false,
    removeHere: false,
  });
  expect(settlement('running', 'paused')).toEqual({
    outcome: 'stayed',
    resumeHere: false,
    removeThere: true,
  });
  expect(settlement('paused', 'absent')).toMatchObject({ outcome: 'stayed', resumeHere: true });
  for (const [here, there] of [
    ['running', 'running'],
    ['unknown', 'running'],
    ['paused', 'unknown'],
    ['absent', 'absent'],
  ] as const)
    expect(settlement(here, there), `${here} ${there}`).toMatchObject({ outcome: 'unknown' });
});

it('the kind of a PCI device is its vendor and product', () => {
  const device = (text: string) =>
    parseXml(`<device><name>x</name><capability type="pci">${text}</capability></device>`);
  expect(pciKind(device('<product id="0x1e84">a</product><vendor id="0x10de">b</vendor>'))).toBe(
    '0x10de:0x1e84',
  );
  expect(pciKind(device('<product id="0x1e84">a</product>'))).toBeNull();
});
