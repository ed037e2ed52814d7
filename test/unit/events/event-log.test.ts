import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEventLog, type HostEvent } from '../../../internal/events/event-log.ts';
import { logEvents } from '../../../internal/events/sources.ts';
import { collectGarbage } from '../operations/collect-garbage.ts';

const event = (id: string): HostEvent => ({
  kind: 'domain',
  type: 'changed',
  id,
  name: id,
  state: null,
  about: [],
});
const everything = () => true;
const forEver = new AbortController().signal;

it('when it is full, takes less than 500 bytes an event', async () => {
  const log = createEventLog('run');
  const events = 10_000;
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < events; number += 1) {
    // As operations tell them: what an event is about are parts of longer strings.
    const about = [`domain/web-${number}`, `instance/${randomUUID()}`].map((name) =>
      name.replace(/^.*\//, ''),
    );
    log.append({ ...event(randomUUID()), kind: 'operation', name: 'instance.start', about });
  }
  await collectGarbage();
  expect((process.memoryUsage().heapUsed - before) / events).toBeLessThan(500);
  const watch = log.watch({ after: 'run-0', matches: everything, signal: forEver });
  expect((await watch.next()).value).toMatchObject({ sequence: 'run-1', name: 'instance.start' });
});

describe('watching', () => {
  it('begins with what comes, or after what was seen, in order', async () => {
    const log = createEventLog('run', { clock: () => new Date('2026-11-29T12:00:00.123Z') });
    log.append(event('a'));
    const fresh = log.watch({ after: null, matches: everything, signal: forEver });
    const first = fresh.next();
    log.append(event('b'));
    expect((await first).value).toEqual({
      ...event('b'),
      sequence: 'run-1',
      time: new Date('2026-11-29T12:00:00.123Z'),
    });
    const resumed = log.watch({ after: 'run-0', matches: everything, signal: forEver });
    expect((await resumed.next()).value).toMatchObject({ id: 'b' });
  });

  it('leaves out what does not match, and ends when it is told to', async () => {
    const log = createEventLog('run');
    const stop = new AbortController();
    const watch = log.watch({ after: null, matches: ({ id }) => id === 'b', signal: stop.signal });
    const first = watch.next();
    log.append(event('a'));
    log.append(event('b'));
    expect((await first).value).toMatchObject({ id: 'b' });
    const next = watch.next();
    stop.abort();
    expect((await next).done).toBe(true);
  });

  it('ends for a reader that falls behind what is kept', async () => {
    const log = createEventLog('run', { capacity: 2 });
    const watch = log.watch({ after: null, matches: everything, signal: forEver });
    const first = watch.next();
    for (const id of ['a', 'b']) log.append(event(id));
    expect((await first).value).toMatchObject({ id: 'a' });
    for (const id of ['c', 'd']) log.append(event(id));
    await expect(watch.next()).rejects.toMatchObject({ code: 'reader-too-slow' });
  });

  it.each(['run-0', 'run-99', 'other-4', '', 'run--1', 'run-1e3'])(
    'cannot go on after "%s"',
    async (after) => {
      const log = createEventLog('run', { capacity: 2 });
      for (const id of ['a', 'b', 'c', 'd']) log.append(event(id));
      await expect(log.watch({ after, matches: everything, signal: forEver }).next()).rejects.toMatchObject({
        code: 'events-lost',
      });
    },
  );
});

it('operations are told when their state changes, with what they are about', async () => {
  const log = createEventLog('run');
  let tell: (record: unknown) => void = () => undefined;
  const end = logEvents(
    log,
    { onChange: () => () => undefined, domain: () => undefined },
    {
      watch: (_id, listener) => {
        tell = listener as typeof tell;
        return () => (tell = () => undefined);
      },
    },
  );
  const record = { id: 'o', kind: 'instance.stop', resources: ['domain/web', 'instance/u'] };
  for (const state of ['queued', 'running', 'running', 'succeeded']) tell({ ...record, state });
  const watch = log.watch({ after: null, matches: everything, signal: forEver });
  const next = watch.next();
  tell({ ...record, id: 'p', state: 'queued' });
  expect((await next).value).toMatchObject({
    sequence: 'run-3',
    id: 'p',
    type: 'added',
    state: 'queued',
    about: ['web', 'u'],
  });
  end();
});
