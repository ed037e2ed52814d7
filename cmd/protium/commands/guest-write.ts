import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import {
  GuestFileMode,
  GuestsServiceService,
} from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { Failure } from '../failure.ts';
import type { RunSession } from '../session.ts';

const partBytes = 1024 * 1024;

export function addGuestWriteCommand(parent: Command, run: RunSession): void {
  parent
    .command('write')
    .description('bring a file into an instance')
    .argument('<instance>', 'name or uuid')
    .argument('<file>', '-: stdin')
    .argument('<path>', 'absolute, in the guest; replaced if it is there')
    .option('--append', 'add to what is there')
    .action(
      (
        instance: string,
        file: string,
        path: string,
        options: { readonly append?: boolean },
        command: Command,
      ) =>
        run(command, async ({ daemon, terminal }) => {
          let mode: GuestFileMode =
            options.append === true
              ? GuestFileMode.GUEST_FILE_MODE_APPEND
              : GuestFileMode.GUEST_FILE_MODE_TRUNCATE;
          const source = file === '-' ? terminal.input : createReadStream(file);
          for await (const content of parts(source)) {
            const request = { instance, path, content, mode, validateOnly: false };
            await daemon.call(GuestsServiceService.writeGuestFile, request);
            mode = GuestFileMode.GUEST_FILE_MODE_APPEND;
          }
        }),
    );
}

/** At least one, be it empty: the file is to be there. */
async function* parts(source: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let length = 0;
  let some = false;
  try {
    for await (const chunk of source) {
      kept.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      while (length >= partBytes) {
        const all = Buffer.concat(kept);
        yield all.subarray(0, partBytes);
        some = true;
        kept = [all.subarray(partBytes)];
        length -= partBytes;
      }
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure('usage', `${error.message}.`, { exit: 'usage', cause: error });
  }
  if (length > 0 || !some) yield Buffer.concat(kept);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
