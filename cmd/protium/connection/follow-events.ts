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
  const seen = { answered: false, told: false };
  const opened = (): void => {
    seen.answered = true;
    seen.told = false;
  };
  while (!signal.aborted) {
    const stream = daemon.watch(EventsServiceService.watchEvents, { ...request, after }, { signal, opened });
    try {
      for await (const answer of stream) {
        after = answer.event?.sequence ?? after;
        yield answer;
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'events-lost' && after !== request.after) {
        note('events since the last one are lost: what follows is from now on');
        after = '';
        continue;
      }
      const passing = error.exit === 'unreachable' || error.code === 'reader-too-slow';
      if (!passing || !seen.answered) throw error;
      if (!seen.told)
        note(`${error.message} Trying again${after === '' ? '; what happens until then is not shown' : ''}.`);
      seen.told = true;
    }
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
