import { buffer } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { parseSeconds } from './parse-number.ts';

interface ExecOptions {
  readonly env: readonly string[];
  readonly timeout: number;
  readonly stdin?: boolean;
}

const mostBytes = 1024 * 1024;

export function addExecCommand(program: Command, run: RunSession): void {
  program
    .command('exec')
    .description(
      'run a program in an instance, by the agent in it, and end as it ends. No shell: for one, exec NAME -- sh -c "..."',
    )
    .argument('<instance>', 'name or uuid')
    .argument('<command...>', 'the program and its arguments, after --')
    .addOption(
      new Option('--env <name=value>', 'a variable of its environment; may be repeated')
        .argParser(collect)
        .default([]),
    )
    .addOption(
      new Option('--timeout <seconds>', 'how long it is waited for, at most 3600')
        .argParser(parseSeconds(3600))
        .default(60),
    )
    .option('-i, --stdin', 'give it what stdin has, at most 1 MiB')
    .action((instance: string, words: readonly string[], options: ExecOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output, terminal } = session;
        const method = GuestsServiceService.executeInGuest;
        const [path = '', ...args] = words;
        const answer = await daemon.call(
          method,
          {
            instance,
            path,
            arguments: args,
            environment: [...options.env],
            input: options.stdin === true ? await buffer(terminal.input) : Buffer.alloc(0),
            timeoutSeconds: options.timeout,
            discardOutput: false,
            maxOutputBytes: mostBytes,
            validateOnly: false,
          },
          { timeoutMs: (options.timeout + 30) * 1000 },
        );
        if (output.format === 'table') {
          await terminal.write(answer.output);
          await terminal.writeError(answer.errorOutput);
        } else output.answer(method, answer, { names: [instance], text: () => '' });
        if (answer.outputTruncated || answer.errorOutputTruncated) {
          output.note('note: there was more output; it is lost');
        }
        // As shells have it of what a signal ended.
        session.endWith(answer.exitCode ?? 128 + (answer.signal ?? 0));
      }),
    );
}
