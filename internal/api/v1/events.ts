import type { SeenEvents } from '../../authorization/seen-events.ts';
import type { EventLog, HostEvent } from '../../events/event-log.ts';
import { EventsServiceClient, type EventsServiceServer } from '../grpc/generated/protium/v1/events.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.EventsService. */
export function eventsService(log: EventLog, seenBy: SeenEvents): V1Service {
  return v1Service<EventsServiceServer>(EventsServiceClient, {
    watchEvents: async function* ({ after, kinds, object }, { caller, signal }) {
      const isSeen = seenBy(caller);
      // Who has what is looked at in each event, also where only some are asked for: a later one may be of the same object.
      const matches = (event: HostEvent) =>
        isSeen(event) &&
        (kinds.length === 0 || kinds.includes(event.kind)) &&
        (object === '' || [event.id, event.name, ...event.about].includes(object));
      for await (const event of log.watch({ after: after === '' ? null : after, matches, signal })) {
        const { sequence, time, kind, type, id, name, state } = event;
        yield { event: { sequence, time, kind, type, id, name, state: state ?? undefined } };
      }
    },
  });
}
