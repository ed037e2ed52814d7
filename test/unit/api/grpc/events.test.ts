import { status } from '@grpc/grpc-js';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import {
  EventsServiceClient,
  type WatchEventsResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/events.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { eventsService } from '../../../../internal/api/v1/events.ts';
import { createEventLog, type EventLog } from '../../../../internal/events/event-log.ts';
import { connect, serve, silent } from './harness.ts';

const append = (log: EventLog, id: string, name: string) =>
  log.append({ kind: 'domain', type: 'changed', id, name, state: 'running', about: [] });

it('tells a reader that is too slow, in order until then', async () => {
  const log = createEventLog('run', { capacity: 20 });
  const { address } = await serve([grpcService(eventsService(log, () => () => true), { log: silent })]);
  const client = connect(EventsServiceClient, address);
  const stream = client.watchEvents({ after: '', kinds: [], object: '' });
  await once(stream, 'metadata');
  append(log, '0', 'first');
  await once(stream, 'readable');
  // More than the connection takes while nobody reads.
  const long = 'x'.repeat(100_000);
  for (let id = 1; id <= 200; id += 1) {
    append(log, String(id), long);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ids: number[] = [];
  const reading = (async () => {
    for await (const { event } of stream as AsyncIterable<WatchEventsResponse>) ids.push(Number(event?.id));
  })();
  await expect(reading).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  expect(ids.length).toBeLessThan(200);
  expect(ids).toEqual(ids.map((_, index) => index));
});
