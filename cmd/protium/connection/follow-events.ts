import { setTimeout } from 'node:timers/promises';
import {
  EventsServiceService,
  type WatchEventsRequest,
  type WatchEventsResponse,
} from '../../../internal/api/grpc/generated/protium/v1/events.ts';
import { Failure } from '../failure.ts';
import type { Daemon } from './daemon.ts';

/**
 * Events without an end. After a break the stream goes on behind the last event that was seen; when those since are no
 * longer kept, `note` says so. Rejects when the first connection fails.
 */
export async function* followEvents(
  daemon: Pick<Daemon, 'watch'>,
  request: WatchEventsRequest,
  options: {
    readonly signal: AbortSignal;
    readonly note: (text: string) => void;
    readonly pauseMs?: number;
  },
): AsyncGenerator<WatchEventsResponse> {
  const { signal, note, pauseMs = 1000 } = options;
  let { after } = request;
  let begun = false;
  let told = false;
  while (!signal.aborted) {
    try {
      for await (const answer of daemon.watch(
        EventsServiceService.watchEvents,
        { ...request, after },
        signal,
      )) {
        begun = true;
        told = false;
        after = answer.event?.sequence ?? after;
        yield answer;
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'events-lost' && begun) {
        note('events since the last one are lost: what follows is from now on');
        after = '';
        continue;
      }
      const passing = error.exit === 'unreachable' || error.code === 'reader-too-slow';
      if (!passing || !begun) throw error;
      if (!told) note(`${error.message} Trying again.`);
      told = true;
    }
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
