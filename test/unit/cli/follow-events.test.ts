import { expect, it } from 'vitest';
import type { Daemon, WatchOptions } from '../../../cmd/protium/connection/daemon.ts';
import { followEvents } from '../../../cmd/protium/connection/follow-events.ts';
import { Failure } from '../../../cmd/protium/failure.ts';
import type { WatchEventsRequest } from '../../../internal/api/grpc/generated/protium/v1/events.ts';

const unreachable = new Failure('unreachable', 'Nobody answers.', { exit: 'unreachable' });
const lost = new Failure('events-lost', 'They are gone.');

/** A daemon whose streams send these sequences, and then fail. */
function daemonOf(streams: readonly (readonly [readonly string[], Failure | null])[]) {
  const asked: string[] = [];
  const rest = [...streams];
  const watch = async function* (_method: unknown, request: unknown, { opened }: WatchOptions) {
    asked.push((request as WatchEventsRequest).after);
    const [sequences, failure] = rest.shift() ?? [[], null];
    if (failure === null || sequences.length > 0) opened?.();
    for (const sequence of sequences) {
      yield await Promise.resolve({ event: { sequence, kind: 'domain', type: 'added', id: '', name: '' } });
    }
    if (failure !== null) throw failure;
  };
  return { asked, daemon: { watch } as unknown as Pick<Daemon, 'watch'> };
}

async function followed(streams: Parameters<typeof daemonOf>[0], count: number) {
  const { asked, daemon } = daemonOf(streams);
  const notes: string[] = [];
  const seen: string[] = [];
  const stop = new AbortController();
  const options = { signal: stop.signal, note: (text: string) => notes.push(text), pauseMs: 0 };
  for await (const { event } of followEvents(daemon, { after: '', kinds: [], object: '' }, options)) {
    seen.push(event?.sequence ?? '');
    if (seen.length === count) stop.abort();
  }
  return { asked, notes, seen };
}

it('events go on behind the last one after a break', async () => {
  const streams = [
    [['a-1', 'a-2'], unreachable],
    [[], unreachable],
    [['a-3'], null],
  ] as const;
  const { asked, notes, seen } = await followed(streams, 3);
  expect(seen).toEqual(['a-1', 'a-2', 'a-3']);
  expect(asked).toEqual(['', 'a-2', 'a-2']);
  expect(notes).toEqual(['Nobody answers. Trying again.']);
});

it('events that are lost meanwhile are told of', async () => {
  const streams = [
    [['a-1'], unreachable],
    [[], lost],
    [['b-1'], null],
  ] as const;
  const { asked, notes, seen } = await followed(streams, 2);
  expect(seen).toEqual(['a-1', 'b-1']);
  expect(asked).toEqual(['', 'a-1', '']);
  expect(notes.at(-1)).toContain('lost');
});

it.each([unreachable, lost])('a stream that never began fails: %s', async (failure) => {
  await expect(followed([[[], failure]], 1)).rejects.toBe(failure);
});
