import type { JsonObject } from '@bufbuild/protobuf';
import type { Response } from 'express';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { asProtiumError } from '../problem.ts';

/** Proxies end connections on which nothing has been said for a minute. */
const heartbeatMs = 20_000;

/**
 * Sends the answers of a streaming method as server-sent events (HTML standard, 9.2): `data` is the JSON, `id` the
 * sequence of an event, by which a client goes on after a break. A failure is the event `error`, with code and message, and
 * the end.
 */
export async function sendEvents(
  response: Response,
  answers: AsyncIterable<unknown>,
  json: (answer: unknown) => JsonObject,
  signal: AbortSignal,
): Promise<void> {
  const iterator = answers[Symbol.asyncIterator]();
  const first = iterator.next();
  // What is refused at once is an ordinary error; else the stream is open before there is anything to say.
  await Promise.race([first, setImmediate()]);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
  const send = async (text: string): Promise<void> => {
    if (!response.write(text)) await once(response, 'drain', { signal });
  };
  try {
    for (let next = await first; next.done !== true; next = await iterator.next()) {
      await send(eventText(json(next.value)));
    }
  } catch (error) {
    if (signal.aborted) return;
    const { code, message } = asProtiumError(error);
    response.write(`event: error\ndata: ${JSON.stringify({ code, message })}\n\n`);
  } finally {
    clearInterval(heartbeat);
    await iterator.return?.();
    response.end();
  }
}

function eventText(answer: JsonObject): string {
  const { event } = answer;
  const sequence =
    typeof event === 'object' && event !== null && !Array.isArray(event) ? event['sequence'] : undefined;
  const id = typeof sequence === 'string' ? `id: ${sequence}\n` : '';
  return `${id}data: ${JSON.stringify(answer)}\n\n`;
}
