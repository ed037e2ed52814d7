import { describe, expect, it } from 'vitest';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import { booked, capacity, cards, demand, gpus, standing } from './hosts.ts';

const at = (start: number, end: number) => ({ start, end });

describe('a book of leases', () => {
  it('lets one lease begin where another ends', () => {
    const book = createLeaseBook();
    book.put(booked('a', 0, 10, { slots: 8 }));
    expect(book.check({ interval: at(10, 20), demand: demand({ slots: 8 }) }, capacity())).toBeNull();
    expect(book.check({ interval: at(9, 20), demand: demand({ slots: 1 }) }, capacity())).toEqual([
      { resource: 'cores', device: null, at: 9, wanted: 1, available: 0 },
    ]);
  });

  it('names the first instant of every shortage', () => {
    const book = createLeaseBook();
    book.put(booked('a', 10, 20, { slots: 6, memoryMib: 8192, devices: gpus(3) }));
    book.put(booked('b', 30, 40, { slots: 8, memoryMib: 16_000 }));
    const wish = demand({ slots: 2, memoryMib: 8192, devices: gpus(2) });
    expect(book.check({ interval: at(0, 100), demand: wish }, capacity())).toEqual([
      { resource: 'cores', device: null, at: 30, wanted: 2, available: 0 },
      { resource: 'memory', device: null, at: 10, wanted: 8448, available: 7936 },
      { resource: 'devices', device: '10de:2489', at: 10, wanted: 2, available: 1 },
    ]);
  });

  it('lets VMs of one kind share cores, on different cores each', () => {
    const book = createLeaseBook();
    const shared = { slots: 3, overprovision: 2 };
    book.put(booked('a', 0, 10, shared));
    book.put(booked('b', 0, 10, shared));
    // Three cores for two of three, none left over: the third goes onto three halves of others.
    expect(book.profile(at(0, 10), capacity())[0]?.cores).toBe(3);
    book.put(booked('c', 0, 10, shared));
    expect(book.profile(at(0, 10), capacity())[0]?.cores).toBe(5);
    // One that is on six cores is on six, though it shares each. The others leave it seven of the halves of eight cores.
    book.put(booked('d', 0, 10, { slots: 6, overprovision: 10 }));
    expect(book.profile(at(0, 10), capacity())[0]?.cores).toBe(8);
    book.remove('d');
    expect(book.profile(at(0, 10), capacity())[0]?.cores).toBe(5);
    expect(book.profile(at(0, 10), capacity({ threadsPerCore: 4 }))[0]?.cores).toBe(5);
  });

  it('counts threads as the placement does: whole cores of each VM', () => {
    const book = createLeaseBook();
    book.put(booked('a', 0, 10, { slots: 3, allowSmt: true }));
    expect(book.profile(at(0, 10), capacity())[0]?.cores).toBe(2);
    expect(book.profile(at(0, 10), capacity({ threadsPerCore: 1 }))[0]?.cores).toBe(3);
  });

  it('keeps what stands out of every instant', () => {
    const there = capacity({
      standing: [standing({ slots: 4, memoryMib: 1024, devices: gpus(1) }, ['0000:01:00.0'])],
    });
    const book = createLeaseBook();
    const wish = { interval: at(1_000_000, 1_000_001), demand: demand({ slots: 5, devices: gpus(4) }) };
    expect(book.check(wish, there)).toEqual([
      { resource: 'cores', device: null, at: 1_000_000, wanted: 5, available: 4 },
      { resource: 'devices', device: '10de:2489', at: 1_000_000, wanted: 4, available: 3 },
    ]);
    const named = demand({ namedDevices: ['0000:01:00.0'] });
    expect(book.check({ interval: at(0, 1), demand: named }, there)).toContainEqual({
      resource: 'devices',
      device: '0000:01:00.0',
      at: 0,
      wanted: 1,
      available: 0,
    });
  });

  it('refuses only for what is wanted, where the host has less than was promised', () => {
    const book = createLeaseBook();
    book.put(booked('a', 0, 10, { slots: 8, devices: gpus(4) }));
    const less = capacity({ cores: 4, devices: cards.slice(2) });
    expect(book.check({ interval: at(0, 10), demand: demand({ memoryMib: 1024 }) }, less)).toBeNull();
    const other = demand({ devices: [{ vendor: '1002', model: '73bf', quantity: 2 }] });
    expect(book.check({ interval: at(0, 10), demand: other }, less)).toBeNull();
    expect(book.check({ interval: at(0, 10), demand: demand({ devices: gpus(1) }) }, less)).toMatchObject([
      { wanted: 1, available: 0 },
    ]);
  });

  it('takes one lease out of the count where another is to have its place', () => {
    const book = createLeaseBook();
    book.put(booked('a', 0, 10, { slots: 6, overprovision: 2 }));
    const longer = { interval: at(0, 20), demand: demand({ slots: 8 }) };
    expect(book.check(longer, capacity())).not.toBeNull();
    expect(book.check(longer, capacity(), 'a')).toBeNull();
    expect(book.check(longer, capacity())).not.toBeNull();
    expect(book.check(longer, capacity(), 'of another host')).not.toBeNull();
  });

  it('counts huge pages for themselves', () => {
    const book = createLeaseBook();
    book.put(booked('a', 0, 10, { memoryMib: 4096, hugepages: true }));
    const huge = demand({ memoryMib: 1024, hugepages: true });
    expect(book.check({ interval: at(0, 10), demand: huge }, capacity())).toEqual([
      { resource: 'hugepages', device: null, at: 0, wanted: 1024, available: 0 },
    ]);
    expect(book.check({ interval: at(0, 10), demand: demand({ memoryMib: 15_872 }) }, capacity())).toBeNull();
    expect(
      book.check({ interval: at(0, 10), demand: demand({ memoryMib: 15_873 }) }, capacity()),
    ).not.toBeNull();
  });

  it('finds the windows in which a lease can begin', () => {
    const book = createLeaseBook();
    book.put(booked('a', 100, 200, { devices: gpus(3) }));
    book.put(booked('b', 250, 300, { devices: gpus(4) }));
    const question = { from: 0, horizon: 1000, lengthMs: 40, demand: demand({ devices: gpus(2) }), limit: 9 };
    expect(book.earliest(question, capacity())).toEqual([
      { start: 0, latestStart: 60 },
      { start: 200, latestStart: 210 },
      { start: 300, latestStart: 1000 },
    ]);
    expect(book.earliest({ ...question, limit: 1 }, capacity())).toHaveLength(1);
    expect(book.earliest({ ...question, from: 50, granularityMs: 30 }, capacity())).toEqual([
      { start: 60, latestStart: 60 },
      { start: 210, latestStart: 210 },
      { start: 300, latestStart: 990 },
    ]);
    expect(book.earliest({ ...question, demand: demand({ devices: gpus(5) }) }, capacity())).toEqual([]);
  });

  it('draws what is taken in steps', () => {
    const book = createLeaseBook();
    book.put(booked('b', 10, 30, { slots: 2, memoryMib: 1000, devices: gpus(1) }));
    book.put(booked('a', 20, 40, { slots: 1, devices: gpus(2) }));
    expect(book.profile(at(15, 100), capacity())).toEqual([
      { at: 15, cores: 2, memoryMib: 1256, devices: { '10de:2489': 1 }, leases: ['b'] },
      { at: 20, cores: 3, memoryMib: 1256, devices: { '10de:2489': 3 }, leases: ['a', 'b'] },
      { at: 30, cores: 1, memoryMib: 0, devices: { '10de:2489': 2 }, leases: ['a'] },
      { at: 40, cores: 0, memoryMib: 0, devices: {}, leases: [] },
    ]);
    expect(book.meeting(at(0, 20)).map(({ id }) => id)).toEqual(['b']);
    expect(book.meeting(at(29, 31)).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('takes no interval that ends before it starts', () => {
    const book = createLeaseBook();
    expect(() => book.put(booked('a', 10, 10))).toThrow(RangeError);
    expect(() => book.check({ interval: at(5, 3), demand: demand() }, capacity())).toThrow(RangeError);
  });
});
