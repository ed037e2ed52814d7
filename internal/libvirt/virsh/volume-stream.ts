import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { execa } from 'execa';
import type { CallOptions } from '../client.ts';
import { LibvirtConnectionError } from '../error.ts';
import type { VolumeRef } from '../objects.ts';
import type { Attempt, Runner } from './runner.ts';

/** A bare descriptor: the socket that gets it closes it. */
const open = promisify(fs.open);

interface Range {
  readonly offset: bigint;
  readonly length: bigint;
}

/** How often we look whether virsh has opened its end of the pipe. */
const lookAgainMs = 5;

/** Bytes to a volume through a named pipe that virsh reads. */
export function uploadVolume(
  runner: Runner,
  volume: VolumeRef,
  range: Range,
  call: CallOptions | undefined,
): Promise<Writable> {
  return runner.perform('volumes.upload', call, async (attempt) => {
    const pipe = await makePipe();
    const transfer = startTransfer(attempt, 'volumes.upload', [volume, range], pipe);
    const socket = new net.Socket({
      fd: await openForWriting(pipe.path, transfer),
      readable: false,
      writable: true,
    });
    // When virsh fails we get EPIPE; why it failed, it says itself.
    socket.on('error', (broken) => {
      transfer.end.then(
        () => stream.destroy(broken),
        (error: unknown) => stream.destroy(asError(error)),
      );
    });
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, taken) => {
        socket.write(chunk, (error) => {
          if (!error) taken();
        });
      },
      final: (confirmed) => {
        socket.end();
        transfer.end.then(
          () => {
            confirmed();
          },
          (error: unknown) => {
            confirmed(asError(error));
          },
        );
      },
      destroy: (error, destroyed) => {
        transfer.stop();
        socket.destroy();
        destroyed(error);
      },
    });
    return stream;
  });
}

/** A volume's bytes through a named pipe that virsh writes. Resolves with the first of them, or at the end. */
export function downloadVolume(
  runner: Runner,
  volume: VolumeRef,
  range: Range,
  call: CallOptions | undefined,
): Promise<Readable> {
  return runner.perform('volumes.download', call, async (attempt) => {
    const pipe = await makePipe();
    // Open before virsh starts: it need not wait for us, and nothing that it writes is lost.
    const fd = await open(pipe.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const socket = new net.Socket({ fd, readable: true, writable: false });
    const transfer = startTransfer(attempt, 'volumes.download', [volume, range], pipe);
    const stream = new Readable({
      read: () => {
        socket.resume();
      },
      destroy: (error, destroyed) => {
        transfer.stop();
        socket.destroy();
        destroyed(error);
      },
    });
    const begun = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        resolve();
        if (!stream.push(chunk)) socket.pause();
      });
    });
    const ended = new Promise<void>((resolve) => {
      socket.once('end', resolve);
    });
    socket.on('error', (error) => stream.destroy(error));
    try {
      await Promise.race([begun, transfer.end]);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    Promise.all([ended, transfer.end]).then(
      () => stream.push(null),
      (error: unknown) => stream.destroy(asError(error)),
    );
    return stream;
  });
}

interface Pipe {
  readonly path: string;
  remove(): Promise<void>;
}

interface Transfer {
  /** Settles with virsh. */
  readonly end: Promise<unknown>;
  /** Ends virsh. */
  stop(): void;
}

async function makePipe(): Promise<Pipe> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'protium-virsh-'));
  const pipe = path.join(directory, 'volume.data');
  await execa('mkfifo', ['-m', '600', pipe], { stdin: 'ignore' });
  return { path: pipe, remove: () => rm(directory, { recursive: true, force: true }) };
}

function startTransfer(
  attempt: Attempt,
  call: 'volumes.upload' | 'volumes.download',
  values: [VolumeRef, Range],
  pipe: Pipe,
): Transfer {
  const stopping = new AbortController();
  const end = attempt
    .run(call, values, { files: { 'volume.data': pipe.path }, signal: stopping.signal })
    .finally(() => pipe.remove());
  end.catch(() => undefined); // whoever waits for it hears of it
  return {
    end,
    stop: () => {
      stopping.abort(new LibvirtConnectionError('the transfer was given up'));
    },
  };
}

/** Waits until virsh has opened its end: to open ours before would block a thread, or lose what is written. */
async function openForWriting(pipe: string, transfer: Transfer): Promise<number> {
  const ended = transfer.end.then(() => {
    throw new LibvirtConnectionError('virsh ended without reading the data');
  });
  for (;;) {
    try {
      return await open(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    } catch (error) {
      const nobodyReads = error instanceof Error && 'code' in error && error.code === 'ENXIO';
      // The pipe is removed when virsh has ended; then why it did is the better answer.
      if (!nobodyReads) await ended;
    }
    await Promise.race([delay(lookAgainMs), ended]);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
