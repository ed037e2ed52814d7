import type { EventSource } from '../events.ts';
import { retryDelayMs, type Clock } from './clock.ts';

/** Keeps track of whether events come in, and sees to it that they begin to. */
export interface Connection {
  start(): void;
  stop(): void;
  status(): ConnectionStatus;
}

export interface ConnectionStatus {
  readonly connected: boolean;
  /** Milliseconds since 1970. */
  readonly connectedSince: number | null;
  readonly error: unknown;
}

export interface ConnectionContext {
  readonly events: EventSource;
  readonly clock: Clock;
  /** At each connect: all that was read before may be stale. */
  readonly onConnected: () => void;
  /** At the first failure and at each loss, not at each further try. */
  readonly onDisconnected: (error: unknown) => void;
}

export function createConnection({
  events,
  clock,
  onConnected,
  onDisconnected,
}: ConnectionContext): Connection {
  let status: ConnectionStatus = { connected: false, connectedSince: null, error: null };
  let unsubscribe: () => void = () => undefined;
  let cancelRetry: () => void = () => undefined;
  let stopped = false;

  function connected(): void {
    status = { connected: true, connectedSince: clock.now(), error: null };
    onConnected();
  }

  function disconnected(error: unknown): void {
    const isNews = status.connected || status.error === null;
    status = { connected: false, connectedSince: null, error };
    if (isNews) onDisconnected(error);
  }

  /** The source reconnects by itself once it was started; the first start is ours to repeat. */
  async function startEvents(failures: number): Promise<void> {
    try {
      await events.start();
      if (!stopped && !isConnected()) connected();
    } catch (error) {
      if (stopped || isConnected()) return;
      disconnected(error);
      cancelRetry = clock.after(retryDelayMs(failures + 1), () => {
        if (!isConnected()) void startEvents(failures + 1);
      });
    }
  }

  /** Apart, because the compiler does not see that `status` changes while a start is awaited. */
  function isConnected(): boolean {
    return status.connected;
  }

  return {
    start() {
      stopped = false;
      unsubscribe = events.onConnection((state) => {
        if (state.state === 'connected') connected();
        else disconnected(state.error);
      });
      void startEvents(0);
    },
    stop() {
      stopped = true;
      unsubscribe();
      cancelRetry();
      status = { connected: false, connectedSince: null, error: null };
    },
    status: () => status,
  };
}
