import type { EventLog, HostEvent } from '../../events/event-log.ts';
import { EventsServiceClient, type EventsServiceServer } from '../grpc/generated/protium/v1/events.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.EventsService. */
export function eventsService(log: EventLog): V1Service {
  return v1Service<EventsServiceServer>(EventsServiceClient, {
    watchEvents: async function* ({ after, kinds, object }, { signal }) {
      const matches = ({ kind, id, name, about }: HostEvent) =>
        (kinds.length === 0 || kinds.includes(kind)) &&
        (object === '' || [id, name, ...about].includes(object));
      for await (const event of log.watch({ after: after === '' ? null : after, matches, signal })) {
        const { sequence, time, kind, type, id, name, state } = event;
        yield { event: { sequence, time, kind, type, id, name, state: state ?? undefined } };
      }
    },
  });
}
