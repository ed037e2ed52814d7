import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import type { AgentChannel } from './agent-channel.ts';

/** What one command carries: the agent of a slow guest is to have read it well before its time is over. */
const chunkBytes = 64 * 1024;

const handle = z.number().int();
const readAnswer = z.object({ count: z.number().int(), 'buf-b64': z.string(), eof: z.boolean() });
const writeAnswer = z.object({ count: z.number().int().nonnegative() });
const nothing = z.unknown();

/** A part of a file in a guest. */
export interface FilePart {
  readonly content: Buffer;
  /** There is nothing behind it. */
  readonly end: boolean;
}

/** Reads at most `maxBytes` from `offset` on. */
export function readGuestFile(
  channel: AgentChannel,
  uuid: string,
  { path, offset, maxBytes }: { readonly path: string; readonly offset: number; readonly maxBytes: number },
): Promise<FilePart> {
  return withFile(channel, uuid, path, 'r', async (file) => {
    if (offset > 0) {
      const seek = { handle: file, offset, whence: 'set' };
      await channel.command(uuid, { execute: 'guest-file-seek', arguments: seek, answer: nothing });
    }
    const parts: Buffer[] = [];
    let left = maxBytes;
    while (left > 0) {
      const count = Math.min(left, chunkBytes);
      const read = await channel.command(uuid, {
        execute: 'guest-file-read',
        arguments: { handle: file, count },
        answer: readAnswer,
      });
      const part = Buffer.from(read['buf-b64'], 'base64').subarray(0, left);
      parts.push(part);
      left -= part.length;
      if (read.eof || part.length === 0) return { content: Buffer.concat(parts), end: true };
    }
    return { content: Buffer.concat(parts), end: false };
  });
}

/** Writes all of it, or rejects: then a part may be there. */
export function writeGuestFile(
  channel: AgentChannel,
  uuid: string,
  {
    path,
    content,
    append,
  }: { readonly path: string; readonly content: Uint8Array; readonly append: boolean },
): Promise<void> {
  return withFile(channel, uuid, path, append ? 'a' : 'w', async (file) => {
    for (let written = 0; written < content.length;) {
      const part = Buffer.from(content.subarray(written, written + chunkBytes));
      const { count } = await channel.command(uuid, {
        execute: 'guest-file-write',
        arguments: { handle: file, 'buf-b64': part.toString('base64') },
        answer: writeAnswer,
      });
      if (count === 0 || count > part.length) {
        throw new ProtiumError(
          'guest-refused',
          `The guest took ${written} of ${content.length} bytes of ${path}.`,
        );
      }
      written += count;
    }
    // The agent's own buffer: a disk that is full shows here.
    await channel.command(uuid, {
      execute: 'guest-file-flush',
      arguments: { handle: file },
      answer: nothing,
    });
  });
}

/** The guest keeps a file that is not closed open for ever: it is closed even where the client has gone. */
async function withFile<T>(
  channel: AgentChannel,
  uuid: string,
  path: string,
  mode: string,
  work: (file: number) => Promise<T>,
): Promise<T> {
  const file = await channel.command(uuid, {
    execute: 'guest-file-open',
    arguments: { path, mode },
    answer: handle,
  });
  const close = () =>
    channel.command(uuid, { execute: 'guest-file-close', arguments: { handle: file }, answer: nothing });
  let result: T;
  try {
    result = await work(file);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  await close();
  return result;
}
