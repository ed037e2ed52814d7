import { status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentClient } from '../../../internal/computations/agent-client.ts';
import { systemClock } from '../../../internal/computations/clock.ts';
import { createComputations, type ComputationsOptions } from '../../../internal/computations/computations.ts';
import type { Computation } from '../../../internal/computations/model.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import {
  blob,
  clientOf,
  freePort,
  ManualClock,
  patient,
  quick,
  silent,
  startAgent,
  structured,
} from './fixtures.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Computations that go to this agent. `again` makes those of the next process, on the same database. */
function delivering(agent: AgentClient | null, options: Partial<ComputationsOptions> = {}) {
  const database = openDatabaseFile(':memory:');
  onTestFinished(() => database.close());
  const again = (next: AgentClient | null = agent, changed: Partial<ComputationsOptions> = {}) => {
    const made = createComputations({
      database,
      agent: next,
      log: silent,
      backoff: quick,
      ...options,
      ...changed,
    });
    onTestFinished(() => made.stop());
    return made;
  };
  const computations = again();
  const only = (): Computation => {
    const [first, ...others] = computations.list().computations;
    if (first === undefined || others.length > 0) throw new Error('not exactly one computation');
    return first;
  };
  return { computations, again, only };
}

describe('an agent that answers', () => {
  it('gets the blob as it is; its answer is the id, and our own id is kept too', async () => {
    const agent = await startAgent([{ answer: '{"id":"1","start_time":"0001-01-01T00:00:00Z"}' }]);
    const { computations, only } = delivering(clientOf(agent.address));
    const { id } = await computations.run(blob, patient);
    expect(id).toBe('{"id":"1","start_time":"0001-01-01T00:00:00Z"}');
    expect(agent.received).toEqual(['{"id":"1"}']);
    expect(only()).toMatchObject({ state: 'delivered', agentAnswer: id, failure: null });
    expect(only().id).toMatch(uuid);
    expect(computations.get(only().id)).toEqual(only());
  });

  it('gets a manifest as JSON; the id is our UUID', async () => {
    const agent = await startAgent([{ answer: 'whatever' }]);
    const { computations, only } = delivering(clientOf(agent.address));
    const { id } = await computations.run(structured(), patient);
    expect(id).toMatch(uuid);
    expect(JSON.parse(agent.received[0] ?? '')).toMatchObject({
      id,
      name: 'mean',
      dataset_providers: ['bob'],
    });
    expect(only()).toMatchObject({ id, state: 'delivered', agentAnswer: 'whatever' });
  });

  it('with nothing: the id is our UUID', async () => {
    const agent = await startAgent([{ answer: '' }]);
    const { computations, only } = delivering(clientOf(agent.address));
    const { id } = await computations.run(blob, patient);
    expect(id).toBe(only().id);
    expect(only()).toMatchObject({ state: 'delivered', agentAnswer: '' });
  });
});

describe('an agent that is not there', () => {
  it('and comes up late gets the computation', async () => {
    const port = await freePort();
    const { computations, only } = delivering(clientOf(`127.0.0.1:${port}`));
    const answer = computations.run(blob, patient);
    expect(only().state).toBe('delivering');
    const agent = await startAgent([{ answer: 'late' }], port);
    expect(await answer).toEqual({ id: 'late' });
    expect(agent.received).toEqual(['{"id":"1"}']);
    expect(only().state).toBe('delivered');
  });

  it('and says so itself is tried again', async () => {
    const starting = { code: status.UNAVAILABLE, message: 'starting' };
    const agent = await startAgent([starting, starting, { answer: 'third' }]);
    const { computations } = delivering(clientOf(agent.address));
    expect(await computations.run(blob, patient)).toEqual({ id: 'third' });
    expect(agent.received).toHaveLength(3);
  });

  it('until the deadline of the request: agent-unavailable', async () => {
    const agent = await startAgent([{ code: status.UNAVAILABLE, message: 'starting' }]);
    const { computations, only } = delivering(clientOf(agent.address));
    const deadline = new Date(Date.now() + 100);
    await expect(computations.run(blob, { ...patient, deadline })).rejects.toMatchObject({
      code: 'agent-unavailable',
      details: { agentStatus: 14, agentMessage: 'starting' },
    });
    expect(only()).toMatchObject({ state: 'failed', failure: { code: 'agent-unavailable' } });
    expect(only().deliverBy).toBe(deadline.getTime());
  });

  it('until the limit, where the request has no deadline', async () => {
    const port = await freePort();
    const { computations, only } = delivering(clientOf(`127.0.0.1:${port}`), { deliveryLimitMs: 100 });
    await expect(computations.run(blob, patient)).rejects.toMatchObject({ code: 'agent-unavailable' });
    expect(only().state).toBe('failed');
  });

  it('until the ttl is over: expired', async () => {
    const agent = await startAgent([{ code: status.UNAVAILABLE, message: 'starting' }]);
    const clock = new ManualClock();
    const { computations, only } = delivering(clientOf(agent.address), { clock });
    const answer = computations.run(structured({ ttlSeconds: 30 }), patient);
    await expect.poll(() => agent.received.length).toBeGreaterThan(1);
    expect(only().deliverBy).toBe(clock.now() + 30_000);
    clock.pass(30_000);
    await expect(answer).rejects.toMatchObject({ code: 'agent-unavailable' });
    expect(only().state).toBe('expired');
  });

  it.each([
    new ProtiumError('cancelled', 'The client went away.'),
    new DOMException('This operation was aborted', 'AbortError'),
  ])('until the client goes away: cancelled ($name)', async (reason) => {
    const agent = await startAgent([{ code: status.UNAVAILABLE, message: 'starting' }]);
    const { computations, only } = delivering(clientOf(agent.address));
    const client = new AbortController();
    const answer = computations.run(blob, { signal: client.signal });
    await expect.poll(() => agent.received.length).toBeGreaterThan(0);
    client.abort(reason);
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(only()).toMatchObject({ state: 'failed', failure: { code: 'cancelled' } });
  });

  it('until the computation is removed: cancelled', async () => {
    const agent = await startAgent(['never']);
    const { computations, only } = delivering(clientOf(agent.address));
    const answer = computations.run(blob, patient);
    await expect.poll(() => agent.received.length).toBe(1);
    computations.remove(only().id);
    await expect(answer).rejects.toMatchObject({
      code: 'cancelled',
      message: 'The computation was removed.',
    });
    expect(computations.list().computations).toEqual([]);
  });
});

describe('an agent that does not take it', () => {
  it.each([
    { code: status.UNKNOWN, message: "invalid character 'o' in literal null (expecting 'u')" },
    { code: status.INVALID_ARGUMENT, message: 'bad computation' },
    { code: status.RESOURCE_EXHAUSTED, message: 'too large' },
  ])('for good ($code) is asked once: agent-failed', async ({ code, message }) => {
    const agent = await startAgent([{ code, message }]);
    const { computations, only } = delivering(clientOf(agent.address));
    await expect(computations.run(blob, patient)).rejects.toMatchObject({
      code: 'agent-failed',
      message: `The agent refused the computation: ${message}`,
      details: { agentStatus: code, agentMessage: message },
    });
    expect(agent.received).toHaveLength(1);
    expect(only()).toMatchObject({ state: 'failed', failure: { code: 'agent-failed' }, agentAnswer: null });
  });

  it('in time is asked once: it may have it', async () => {
    const agent = await startAgent(['never']);
    const { computations, only } = delivering(clientOf(agent.address, 50));
    await expect(computations.run(blob, patient)).rejects.toMatchObject({
      code: 'deadline-exceeded',
      details: { agentStatus: 4 },
    });
    expect(agent.received).toHaveLength(1);
    expect(only()).toMatchObject({ state: 'failed', failure: { code: 'deadline-exceeded' } });
  });

  it('before the deadline of the request: deadline-exceeded', async () => {
    const agent = await startAgent(['never']);
    const { computations, only } = delivering(clientOf(agent.address));
    const answer = computations.run(blob, { ...patient, deadline: new Date(Date.now() + 50) });
    await expect(answer).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect(only().state).toBe('failed');
  });
});

describe('a restart in the middle of a delivery', () => {
  /** Computations that were stopped while the agent did not answer. */
  async function interrupted(options: Partial<ComputationsOptions> = {}) {
    const silentAgent = await startAgent(['never']);
    const all = delivering(clientOf(silentAgent.address), options);
    const answer = all.computations.run(blob, patient);
    await expect.poll(() => silentAgent.received.length).toBe(1);
    const id = all.only().id;
    const rejected = expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    await all.computations.stop();
    await rejected;
    expect(all.only().state).toBe('delivering');
    return { ...all, id };
  }

  it('carries it on while there is time', async () => {
    const { again, id } = await interrupted();
    const agent = await startAgent([{ answer: 'second process' }]);
    const next = again(clientOf(agent.address));
    next.start();
    await expect.poll(() => next.get(id)?.state).toBe('delivered');
    expect(next.get(id)?.agentAnswer).toBe('second process');
    expect(agent.received).toEqual(['{"id":"1"}']);
  });

  it('keeps the reason when that fails', async () => {
    const { again, id } = await interrupted();
    const agent = await startAgent([{ code: status.INVALID_ARGUMENT, message: 'bad computation' }]);
    const next = again(clientOf(agent.address));
    next.start();
    await expect.poll(() => next.get(id)?.failure?.code).toBe('agent-failed');
  });

  it('after the time is over: failed, interrupted', async () => {
    const { again, id } = await interrupted();
    const agent = await startAgent([{ answer: 'too late' }]);
    const later = { ...systemClock, now: () => Date.now() + 3600_000 };
    const next = again(clientOf(agent.address), { clock: later });
    next.start();
    expect(next.get(id)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
    expect(agent.received).toEqual([]);
  });

  it('without an agent any more: failed, interrupted', async () => {
    const { again, id } = await interrupted();
    const next = again(null);
    next.start();
    expect(next.get(id)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
  });

  it('is not a reason to send what was delivered before', async () => {
    const agent = await startAgent([{ answer: 'once' }]);
    const { computations, again, only } = delivering(clientOf(agent.address));
    await computations.run(blob, patient);
    const { id } = only();
    await computations.stop();
    const next = again();
    next.start();
    await next.run(structured(), patient);
    expect(agent.received).toHaveLength(2);
    expect(next.get(id)?.agentAnswer).toBe('once');
  });
});
