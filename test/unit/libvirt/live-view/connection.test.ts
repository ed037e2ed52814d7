import { describe, expect, it } from 'vitest';
import type { ConnectionState, EventSource } from '../../../../internal/libvirt/events.ts';
import { createConnection } from '../../../../internal/libvirt/live-view/connection.ts';
import { ManualClock } from './manual-clock.ts';

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A connection to a source of events that is told what happens. */
function setUp() {
  const clock = new ManualClock();
  const starts: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const listeners = new Set<(state: ConnectionState) => void>();
  const seen: string[] = [];
  const events: EventSource = {
    start: () => new Promise((resolve, reject) => starts.push({ resolve, reject })),
    onEvent: () => () => undefined,
    onConnection: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const connection = createConnection({
    events,
    clock,
    onConnected: () => seen.push('connected'),
    onDisconnected: (error) => seen.push(`lost: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  const tell = (state: ConnectionState): void => {
    for (const listener of listeners) listener(state);
  };
  return { clock, starts, listeners, seen, connection, tell };
}

describe('the connection of the live view', () => {
  it('is there once the source says so, and not a second time when the start resolves', async () => {
    const { clock, starts, seen, connection, tell } = setUp();
    connection.start();
    tell({ state: 'connected' });
    starts[0]?.resolve();
    await turn();
    expect(seen).toEqual(['connected']);
    expect(connection.status()).toEqual({ connected: true, connectedSince: clock.now(), error: null });
  });

  it('is there when the start resolves without a word', async () => {
    const { starts, seen, connection } = setUp();
    connection.start();
    starts[0]?.resolve();
    await turn();
    expect(seen).toEqual(['connected']);
  });

  it('tries the first start again, later and later, and tells of it once', async () => {
    const { clock, starts, seen, connection } = setUp();
    connection.start();
    for (const delayMs of [500, 1000, 2000]) {
      starts.at(-1)?.reject(new Error('nobody there'));
      await turn();
      const before = starts.length;
      clock.advance(delayMs - 1);
      expect(starts).toHaveLength(before);
      clock.advance(1);
      expect(starts).toHaveLength(before + 1);
    }
    expect(seen).toEqual(['lost: nobody there']);
    expect(connection.status()).toMatchObject({ connected: false, error: { message: 'nobody there' } });
    starts.at(-1)?.resolve();
    await turn();
    expect(connection.status().error).toBeNull();
    expect(seen).toEqual(['lost: nobody there', 'connected']);
  });

  it('does not start a source that came up by itself meanwhile', async () => {
    const { clock, starts, connection, tell } = setUp();
    connection.start();
    starts[0]?.reject(new Error('nobody there'));
    await turn();
    tell({ state: 'connected' });
    clock.advance(60_000);
    expect(starts).toHaveLength(1);
  });

  it('tells of every connect, and of a loss once', () => {
    const { seen, connection, tell } = setUp();
    connection.start();
    tell({ state: 'connected' });
    tell({ state: 'disconnected', error: new Error('reset'), retryInMs: 1 });
    tell({ state: 'disconnected', error: new Error('refused'), retryInMs: 1 });
    expect(connection.status()).toMatchObject({ connectedSince: null, error: { message: 'refused' } });
    tell({ state: 'connected' });
    tell({ state: 'connected' });
    expect(seen).toEqual(['connected', 'lost: reset', 'connected', 'connected']);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const { clock, starts, listeners, seen, connection } = setUp();
    connection.start();
    starts[0]?.reject(new Error('nobody there'));
    await turn();
    connection.stop();
    expect([clock.timers, listeners.size]).toEqual([0, 0]);
    connection.start();
    connection.stop();
    starts[1]?.resolve();
    await turn();
    expect(seen).toEqual(['lost: nobody there']);
    expect(connection.status().connected).toBe(false);
  });
});
