import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { ProtiumError } from '../../errors/protium-error.ts';
import { copyStream } from './copy-stream.ts';
import type { Fetcher } from './fetch-content.ts';

/** Streams that requests have brought, until an operation takes them. */
export interface Uploads {
  /** Returns the ticket by which an operation finds the stream. */
  add(content: Readable): string;
  remove(ticket: string): void;
  readonly fetch: Fetcher<'upload'>;
}

export function createUploads(): Uploads {
  const streams = new Map<string, Readable>();
  return {
    add(content) {
      const ticket = randomUUID();
      streams.set(ticket, content);
      return ticket;
    },
    remove: (ticket) => void streams.delete(ticket),
    async fetch({ ticket }, file, run) {
      const stream = streams.get(ticket);
      streams.delete(ticket);
      if (stream === undefined) throw goneAway();
      try {
        await copyStream(stream, file, run, null);
      } catch (error) {
        run.signal.throwIfAborted();
        throw error instanceof ProtiumError ? error : goneAway(error);
      }
    },
  };
}

function goneAway(cause?: unknown): ProtiumError {
  return new ProtiumError('cancelled', 'The upload ended before all of it had come.', { cause });
}
