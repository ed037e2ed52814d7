import { describe, expect, it, onTestFinished } from 'vitest';
import { createComputations, type ComputationsOptions } from '../../../internal/computations/computations.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import { blob, ManualClock, manifest, patient, silent, structured } from './fixtures.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const day = 24 * 3600 * 1000;

/** Computations without an agent, in memory. `again` makes those of the next process, on the same database. */
function kept(options: Partial<ComputationsOptions> = {}) {
  const clock = new ManualClock();
  const database = openDatabaseFile(':memory:');
  onTestFinished(() => database.close());
  const again = () => createComputations({ database, agent: null, log: silent, clock, ...options });
  return { clock, again, computations: again() };
}

describe('without an agent', () => {
  it('keeps a blob and answers with our UUID', async () => {
    const { computations, clock } = kept();
    const { id } = await computations.run(blob, patient);
    expect(id).toMatch(uuid);
    expect(computations.get(id)).toEqual({
      id,
      form: 'blob',
      manifest: null,
      payloadBytes: 10,
      state: 'stored',
      agentAnswer: null,
      failure: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
      expiresAt: null,
      deliverBy: null,
    });
    expect(Buffer.from(computations.payload(id) ?? []).toString()).toBe('{"id":"1"}');
  });

  it('keeps a manifest, and as payload its JSON with the names of the Cocos manager', async () => {
    const { computations, clock } = kept();
    const { id } = await computations.run(structured({ ttlSeconds: 60 }), patient);
    expect(computations.get(id)).toMatchObject({
      form: 'structured',
      manifest: { ...manifest, ttlSeconds: 60 },
      state: 'stored',
      expiresAt: clock.now() + 60_000,
    });
    expect(JSON.parse(Buffer.from(computations.payload(id) ?? []).toString())).toEqual({
      id,
      name: 'mean',
      description: 'a mean',
      owner: 'ann',
      datasets: ['d1', 'd2'],
      algorithms: ['a1'],
      dataset_providers: ['bob'],
      algorithm_providers: ['eve'],
      result_consumers: ['ann'],
      ttl: 60,
    });
  });

  it('keeps nothing of what is not valid', async () => {
    const { computations } = kept();
    await expect(computations.run(structured({ name: '' }), patient)).rejects.toMatchObject({
      code: 'argument-invalid',
    });
    expect(computations.list().computations).toEqual([]);
  });

  it('takes nothing any more after stop', async () => {
    const { computations } = kept();
    await computations.stop();
    await expect(computations.run(blob, patient)).rejects.toMatchObject({ code: 'interrupted' });
    expect(computations.list().computations).toEqual([]);
  });
});

describe('list, get and remove', () => {
  it('lists the newest first, page by page', async () => {
    const { computations } = kept();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await computations.run(blob, patient)).id);
    const first = computations.list({ limit: 2 });
    expect(first.computations.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = computations.list({ limit: 2, after: first.next ?? '' });
    expect(second.computations.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const last = computations.list({ limit: 2, after: second.next ?? '' });
    expect(last).toMatchObject({ computations: [{ id: ids[4] }], next: null });
  });

  it('goes on from a page whose last computation was removed', async () => {
    const { computations } = kept();
    const old = await computations.run(blob, patient);
    const young = await computations.run(blob, patient);
    const { next } = computations.list({ limit: 1 });
    computations.remove(young.id);
    expect(computations.list({ after: next ?? '' }).computations.map(({ id }) => id)).toEqual([old.id]);
  });

  it('refuses a token that is none', () => {
    const { computations } = kept();
    expect(() => computations.list({ after: 'x' })).toThrow(
      expect.objectContaining({ code: 'argument-invalid' }),
    );
  });

  it('filters by state', async () => {
    const { computations, clock } = kept();
    await computations.run(structured({ ttlSeconds: 1 }), patient);
    const stays = await computations.run(blob, patient);
    clock.pass(1000);
    expect(computations.list({ states: ['stored'] }).computations.map(({ id }) => id)).toEqual([stays.id]);
    expect(computations.list({ states: ['expired'] }).computations).toHaveLength(1);
    expect(computations.list({ states: ['stored', 'expired'] }).computations).toHaveLength(2);
    expect(computations.list({ states: ['failed'] }).computations).toEqual([]);
  });

  it('removes one, once', async () => {
    const { computations } = kept();
    const { id } = await computations.run(blob, patient);
    computations.remove(id);
    expect(computations.get(id)).toBeUndefined();
    expect(computations.payload(id)).toBeUndefined();
    expect(() => computations.remove(id)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('expiry', () => {
  it('comes when the ttl is over, and not before; then it is listed for a day and removed', async () => {
    const { computations, clock } = kept();
    const { id } = await computations.run(structured({ ttlSeconds: 3600 }), patient);
    clock.pass(3600_000 - 1);
    expect(computations.get(id)?.state).toBe('stored');
    clock.pass(1);
    expect(computations.get(id)).toMatchObject({ state: 'expired', updatedAt: clock.now() });
    clock.pass(day - 1);
    expect(computations.get(id)?.state).toBe('expired');
    clock.pass(1);
    expect(computations.get(id)).toBeUndefined();
  });

  it.each([0, -5])('never comes with a ttl of %i', async (ttlSeconds) => {
    const { computations, clock } = kept();
    const { id } = await computations.run(structured({ ttlSeconds }), patient);
    clock.pass(100 * 365 * day);
    expect(computations.get(id)).toMatchObject({ state: 'stored', expiresAt: null });
    expect(clock.timers).toBe(0);
  });

  it('comes after 68 years too', async () => {
    const { computations, clock } = kept();
    const { id } = await computations.run(structured({ ttlSeconds: 2147483647 }), patient);
    clock.sleep(2147483647_000);
    expect(computations.get(id)?.state).toBe('expired');
  });

  it('needs nobody who looks: a timer removes what is due', async () => {
    const { computations, clock } = kept({ retentionMs: 1000 });
    await computations.run(structured({ ttlSeconds: 10 }), patient);
    expect(clock.timers).toBe(1);
    clock.pass(11_000);
    expect(clock.timers).toBe(0);
    expect(computations.list().computations).toEqual([]);
  });

  it('comes soon after the machine has slept over it', async () => {
    const { computations, clock } = kept({ retentionMs: 0 });
    await computations.run(structured({ ttlSeconds: 3600 }), patient);
    clock.sleep(2 * 3600_000);
    expect(clock.timers).toBe(1);
    clock.pass(60_000);
    expect(clock.timers).toBe(0);
  });

  it('comes in the order of the ttl, not of arrival', async () => {
    const { computations, clock } = kept();
    const long = await computations.run(structured({ ttlSeconds: 100 }), patient);
    const short = await computations.run(structured({ ttlSeconds: 10 }), patient);
    clock.pass(10_000);
    expect(computations.get(short.id)?.state).toBe('expired');
    expect(computations.get(long.id)?.state).toBe('stored');
  });

  it('survives a restart', async () => {
    const { computations, clock, again } = kept();
    const { id } = await computations.run(structured({ ttlSeconds: 10 }), patient);
    await computations.stop();
    expect(clock.timers).toBe(0);
    const next = again();
    next.start();
    expect(next.get(id)?.state).toBe('stored');
    expect(clock.timers).toBe(1);
    clock.pass(10_000);
    expect(next.get(id)?.state).toBe('expired');
  });

  it('that fell due while nobody ran is found at start', async () => {
    const { computations, clock, again } = kept();
    const { id } = await computations.run(structured({ ttlSeconds: 10 }), patient);
    await computations.stop();
    clock.pass(20_000);
    const next = again();
    next.start();
    expect(next.list().computations).toMatchObject([{ id, state: 'expired' }]);
  });
});
