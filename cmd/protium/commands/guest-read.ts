import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import type { Daemon } from '../connection/daemon.ts';
import type { RunSession } from '../session.ts';
import { unwritable } from './screenshot.ts';

const partBytes = 1024 * 1024;

export function addGuestReadCommand(parent: Command, run: RunSession): void {
  parent
    .command('read')
    .description('bring a file of an instance here')
    .argument('<instance>', 'name or uuid')
    .argument('<path>', 'absolute, in the guest')
    .argument('[file]', 'where to write it; left out: stdout')
    .action((instance: string, path: string, file: string | undefined, _options: object, command: Command) =>
      run(command, async ({ daemon, terminal }) => {
        const parts = readParts(daemon, instance, path);
        if (file === undefined) {
          for await (const part of parts) await terminal.write(part);
          return;
        }
        // Before a file is made here: there may be nothing to read.
        const first = await parts.next();
        if (first.done === true) return;
        const all = Readable.from(
          (async function* () {
            yield first.value;
            yield* parts;
          })(),
          { objectMode: false },
        );
        await pipeline(all, createWriteStream(file)).catch((error: unknown) => {
          if (!(error instanceof Error && 'syscall' in error)) throw error;
          unwritable(error);
        });
      }),
    );
}

async function* readParts(daemon: Daemon, instance: string, path: string): AsyncGenerator<Buffer> {
  let offset = 0n;
  for (;;) {
    const part = await daemon.call(GuestsServiceService.readGuestFile, {
      instance,
      path,
      offset,
      maxBytes: partBytes,
    });
    yield part.content;
    if (part.end) return;
    offset = part.nextOffset;
  }
}
