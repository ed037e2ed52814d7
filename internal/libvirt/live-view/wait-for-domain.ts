import { LibvirtTimeoutError } from '../error.ts';
import type { Clock } from './clock.ts';
import type { LiveView } from './live-view.ts';
import type { DomainView } from './views.ts';

export interface WaitContext {
  readonly view: Pick<LiveView, 'onChange'>;
  readonly clock: Clock;
  /** The domain now; null: there is none. */
  readonly look: (uuid: string) => DomainView | null;
  /** Called with a function that ends the wait with an error; returns the function that takes it back. */
  readonly onStop: (end: (error: Error) => void) => () => void;
}

/** See LiveView.waitForDomain. */
export function waitForDomain(
  { view, clock, look, onStop }: WaitContext,
  uuid: string,
  predicate: (domain: DomainView | null) => boolean,
  { signal, deadlineMs }: { signal?: AbortSignal | undefined; deadlineMs: number },
): Promise<DomainView | null> {
  const cleanups: (() => void)[] = [];
  return new Promise<DomainView | null>((resolve, reject) => {
    const check = (): void => {
      try {
        const domain = look(uuid);
        if (predicate(domain)) resolve(domain);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const abort = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    cleanups.push(
      () => signal?.removeEventListener('abort', abort),
      view.onChange((change) => {
        if (change.kind === 'domain' && change.id === uuid) check();
      }),
      clock.after(deadlineMs, () => reject(new LibvirtTimeoutError('waitForDomain', deadlineMs))),
      onStop(reject),
    );
    check();
  }).finally(() => {
    for (const cleanup of cleanups) cleanup();
  });
}
