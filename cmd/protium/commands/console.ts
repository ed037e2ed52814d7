import { Option, type Command } from 'commander';
import { ConsoleKind } from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import { attach, requireGoodEnd } from '../console/attach.ts';
import { untilEscape } from '../console/escape.ts';
import { pageAddress } from '../console/page-address.ts';
import { watchFor } from '../console/seen.ts';
import { Failure } from '../failure.ts';
import type { RunSession, Session } from '../session.ts';
import { parseSeconds } from './parse-number.ts';

interface ConsoleOptions {
  readonly device: string;
  readonly force?: boolean;
  readonly scrollback: boolean;
  readonly until?: string;
  readonly timeout?: number;
  readonly page?: boolean;
}

export function addConsoleCommand(program: Command, run: RunSession): void {
  program
    .command('console')
    .description(
      'open the serial console of an instance; Ctrl-] leaves it. Without a terminal, stdin is typed and what the guest writes goes to stdout',
    )
    .argument('<instance>', 'name or uuid')
    .option('--device <device>', 'another than the first, e.g. serial1', '')
    .option('--force', 'take it from another program, such as virsh console')
    .option('--no-scrollback', 'do not show what was written before')
    .option('--until <text>', 'leave when the guest has written this')
    .addOption(
      new Option('--timeout <seconds>', 'with --until: fail when it has not been written by then').argParser(
        parseSeconds(86_400),
      ),
    )
    .option('--page', 'write the address of a page for a browser instead; it is good once, for 30 s')
    .action((instance: string, options: ConsoleOptions, command: Command) =>
      run(command, (session) => openConsole(session, instance, options)),
    );
}

async function openConsole(session: Session, instance: string, options: ConsoleOptions): Promise<void> {
  const { daemon, output, terminal } = session;
  const { device, force = false, scrollback, until, page = false } = options;
  const kind = ConsoleKind.CONSOLE_KIND_SERIAL;
  if (page) {
    output.write(`${await pageAddress(daemon, { instance, kind, device, force })}\n`);
    return;
  }
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  session.catchInterrupts();
  session.interrupted.addEventListener('abort', leave);
  const seen = until === undefined ? null : watchFor(until);
  const sight = { had: false };
  const late = options.timeout === undefined ? undefined : setTimeout(leave, options.timeout * 1000);
  try {
    const ending = await terminal.raw(() =>
      attach(
        daemon,
        { instance, kind, device, force, scrollbackBytes: scrollback ? 65_536 : 0 },
        {
          typed: terminal.interactive ? untilEscape(terminal.input, leave) : terminal.input,
          opened: (console) => {
            if (terminal.interactive) output.note(`${console.device} of ${instance}; Ctrl-] leaves it.\r`);
          },
          show: async (bytes) => {
            await terminal.write(bytes);
            if (seen?.(bytes) !== true) return;
            sight.had = true;
            leave();
          },
        },
        leaving.signal,
      ),
    );
    if (terminal.interactive) output.note(`\n${ending?.message ?? 'Left the console.'}`);
    requireGoodEnd(ending);
    if (until !== undefined && !sight.had && !session.interrupted.aborted) {
      throw new Failure('failed', `The guest did not write "${until}".`);
    }
  } finally {
    clearTimeout(late);
    // Nothing reads it any more: it must not keep the program.
    terminal.input.destroy();
  }
}
