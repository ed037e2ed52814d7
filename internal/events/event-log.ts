import { ProtiumError } from '../errors/protium-error.ts';

/** Something that happened on this host. */
export interface HostEvent {
  readonly kind: 'domain' | 'pool' | 'volume' | 'network' | 'node-device' | 'operation' | 'lease';
  /** `warning`: of a lease or a backfill, that it ends soon. */
  readonly type: 'added' | 'changed' | 'removed' | 'warning';
  /** uuid; name of a node device; key of a volume; id of an operation or a lease; of a backfill its instance's uuid. */
  readonly id: string;
  readonly name: string;
  /** Of a domain, operation or lease after it; null: there is none. */
  readonly state: string | null;
  /** Other objects that it is about, by id or name. */
  readonly about: readonly string[];
}

export interface LoggedEvent extends HostEvent {
  /** Names the event and its place in the order. */
  readonly sequence: string;
  readonly time: Date;
}

export interface EventWatch {
  /** Only what came after this sequence; null: from now on. */
  readonly after: string | null;
  readonly matches: (event: HostEvent) => boolean;
  readonly signal: AbortSignal;
}

/** The last events, in order, for whoever wants to follow them. */
export interface EventLog {
  append(event: HostEvent): void;
  /**
   * What comes, in order, without an end. Rejects with `events-lost` when what came after `after` is no longer kept (another
   * run of the daemon, or too long ago), and with `reader-too-slow` when the reader falls behind what is kept.
   */
  watch(options: EventWatch): AsyncGenerator<LoggedEvent>;
}

type KeptEvent = HostEvent & { /** Milliseconds since 1970. */ readonly time: number };

/** @param run differs between runs of the daemon: letters and digits */
export function createEventLog(
  run: string,
  { capacity = 10_000, clock = () => new Date() }: { capacity?: number; clock?: () => Date } = {},
): EventLog {
  /** The event with number n is at n % capacity. As text: as objects, with dates and what their strings are parts of, they take four times the memory. */
  const kept: string[] = [];
  let appended = 0;
  /** Readers that have read all there is. */
  const waiting = new Set<() => void>();
  const oldest = () => Math.max(0, appended - capacity);

  const placeOf = (sequence: string): number => {
    const [, ofRun, number] = /^(\w+)-(\d{1,15})$/.exec(sequence) ?? [];
    const place = Number(number) + 1;
    if (ofRun === run && place >= oldest() && place <= appended) return place;
    throw new ProtiumError('events-lost', `What came after event "${sequence}" is no longer kept.`, {
      details: { after: sequence },
    });
  };

  const eventOf = (number: number): LoggedEvent => {
    const { time, ...event } = JSON.parse(kept[number % capacity] ?? '') as KeptEvent;
    return { ...event, sequence: `${run}-${number}`, time: new Date(time) };
  };

  return {
    append(event) {
      kept[appended % capacity] = JSON.stringify({ ...event, time: clock().getTime() } satisfies KeptEvent);
      appended += 1;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    async *watch({ after, matches, signal }) {
      let place = after === null ? appended : placeOf(after);
      let wake = (): void => undefined;
      const abort = (): void => wake();
      signal.addEventListener('abort', abort, { once: true });
      try {
        while (!signal.aborted) {
          if (place < oldest()) {
            throw new ProtiumError('reader-too-slow', 'Events came faster than they were read: list anew.');
          }
          if (place === appended) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              waiting.add(resolve);
            });
            continue;
          }
          const number = place;
          place += 1;
          const event = eventOf(number);
          if (matches(event)) yield event;
        }
      } finally {
        waiting.delete(wake);
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
