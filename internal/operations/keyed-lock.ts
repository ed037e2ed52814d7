/** Exclusive locks by key. A request holds all of its keys or waits for all; requests for a key are served in order of asking. */
export interface KeyedLock {
  /** Runs `fn` while holding all of `keys`. Do not ask again, inside, for a key that is held: it would wait for itself. */
  run<T>(keys: readonly string[], fn: () => T | Promise<T>, options?: LockOptions): Promise<T>;
  /**
   * Queues at once (before the promise is awaited) and resolves when all of `keys` are held, with the function that gives them
   * back (calling it again does nothing). Rejects with the signal's reason when it is aborted while waiting.
   */
  acquire(keys: readonly string[], options?: LockOptions): Promise<() => void>;
  /** Would a request for these keys have to wait? */
  isHeld(keys: readonly string[]): boolean;
}

export interface LockOptions {
  readonly signal?: AbortSignal;
}

interface Request {
  readonly keys: readonly string[];
  /** Keys of which this request is not yet the first in the queue. */
  behind: number;
  granted: boolean;
  grant: () => void;
}

/**
 * Every key has a queue whose first request holds it. A request enters all of its queues in one go, so that any two requests
 * stand in the same order in every queue that they share: waiting cannot go round in a circle.
 */
export function createKeyedLock(): KeyedLock {
  const queues = new Map<string, Request[]>();

  function enter(request: Request): void {
    for (const key of request.keys) {
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, [request]);
      else {
        queue.push(request);
        request.behind += 1;
      }
    }
  }

  function leave(request: Request): void {
    for (const key of request.keys) {
      const queue = queues.get(key) ?? [];
      const wasFirst = queue[0] === request;
      queue.splice(queue.indexOf(request), 1);
      const next = queue[0];
      if (next === undefined) queues.delete(key);
      else if (wasFirst) {
        next.behind -= 1;
        if (next.behind === 0) next.grant();
      }
    }
  }

  function acquire(keys: readonly string[], options: LockOptions = {}): Promise<() => void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const request: Request = {
        keys: [...new Set(keys)],
        behind: 0,
        granted: false,
        grant: () => {
          request.granted = true;
          signal?.removeEventListener('abort', onAbort);
          let released = false;
          resolve(() => {
            if (released) return;
            released = true;
            leave(request);
          });
        },
      };
      function onAbort(): void {
        if (request.granted) return;
        leave(request);
        reject(signal?.reason as Error);
      }
      enter(request);
      if (request.behind === 0) request.grant();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    acquire,
    async run(keys, fn, options) {
      const release = await acquire(keys, options);
      try {
        return await fn();
      } finally {
        release();
      }
    },
    isHeld: (keys) => keys.some((key) => queues.has(key)),
  };
}
