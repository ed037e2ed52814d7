import { describe, expect, it } from 'vitest';
import { settlement, type Presence } from '../../../internal/migration/settlement.ts';

const presences: readonly Presence[] = ['absent', 'off', 'paused', 'running', 'unknown'];

describe('where a VM is that was sent away', () => {
  it.each<[Presence, Presence, ReturnType<typeof settlement>]>([
    ['absent', 'running', { outcome: 'moved', resumeThere: false, removeHere: false }],
    ['off', 'running', { outcome: 'moved', resumeThere: false, removeHere: true }],
    ['paused', 'running', { outcome: 'moved', resumeThere: false, removeHere: true }],
    ['absent', 'paused', { outcome: 'moved', resumeThere: true, removeHere: false }],
    ['absent', 'off', { outcome: 'moved', resumeThere: false, removeHere: false }],
    ['running', 'absent', { outcome: 'stayed', resumeHere: false, removeThere: false }],
    ['running', 'paused', { outcome: 'stayed', resumeHere: false, removeThere: true }],
    ['running', 'unknown', { outcome: 'stayed', resumeHere: false, removeThere: true }],
    ['paused', 'absent', { outcome: 'stayed', resumeHere: true, removeThere: false }],
    ['paused', 'paused', { outcome: 'stayed', resumeHere: true, removeThere: true }],
    ['off', 'absent', { outcome: 'stayed', resumeHere: false, removeThere: false }],
  ])('here %s, there %s', (here, there, expected) => {
    expect(settlement(here, there)).toEqual(expected);
  });

  it.each<[Presence, Presence]>([
    ['running', 'running'],
    ['absent', 'absent'],
    ['absent', 'unknown'],
    ['paused', 'unknown'],
    ['off', 'unknown'],
    ['unknown', 'running'],
  ])('here %s, there %s: nothing is touched', (here, there) => {
    expect(settlement(here, there)).toMatchObject({ outcome: 'unknown' });
  });

  it('whatever is found, it is not taken from the only host that runs it, nor left running on both', () => {
    for (const here of presences) {
      for (const there of presences) {
        const settled = settlement(here, there);
        if (settled.outcome === 'stayed') expect(there).not.toBe('running');
        if (settled.outcome === 'moved') expect(here).not.toBe('running');
        if (settled.outcome === 'stayed' && settled.resumeHere) expect(there).not.toBe('unknown');
      }
    }
  });
});
