import type { DaemonUnderTest } from './daemon.ts';

export interface SentEvent {
  readonly sequence: string;
  readonly kind: string;
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly state?: string;
}

export interface FollowedEvents {
  /** Resolves with all events up to the first that matches, that one included. */
  until(matches: (event: SentEvent) => boolean): Promise<readonly SentEvent[]>;
  /** The same for those after the last match of `next`. */
  next(matches: (event: SentEvent) => boolean): Promise<readonly SentEvent[]>;
  end(): void;
}

/** Follows a stream of server-sent events; resolves when it is open. */
export async function followEvents(
  { http }: DaemonUnderTest,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<FollowedEvents> {
  const abort = new AbortController();
  const response = await fetch(http + path, { headers, signal: abort.signal });
  if (response.status !== 200 || response.body === null) throw new Error(await response.text());
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const events: SentEvent[] = [];
  let rest = '';
  const readMore = async (): Promise<void> => {
    const { value, done } = await reader.read();
    if (done) throw new Error('the stream has ended');
    const messages = (rest + value).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^data: (.*)$/m.exec(message) ?? [];
      if (data !== undefined) events.push((JSON.parse(data) as { event: SentEvent }).event);
    }
  };
  const upTo = async (matches: (event: SentEvent) => boolean): Promise<number> => {
    for (;;) {
      const place = events.findIndex(matches);
      if (place !== -1) return place + 1;
      await readMore();
    }
  };
  return {
    until: async (matches) => events.slice(0, await upTo(matches)),
    next: async (matches) => events.splice(0, await upTo(matches)),
    end: () => abort.abort(),
  };
}
