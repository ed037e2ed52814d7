import { Option, type Command } from 'commander';
import { ConsolesServiceService } from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import type { RunSession } from '../session.ts';
import { parseCount } from './parse-number.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly device: string;
}

export function addLogsCommand(program: Command, run: RunSession): void {
  program
    .command('logs')
    .description('show the end of what an instance wrote on its serial console')
    .argument('<instance>', 'name or uuid')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .addOption(new Option('-n, --lines <count>', 'at most so many lines').argParser(parseCount))
    .option('--device <device>', 'another than the first, e.g. serial1', '')
    .action((instance: string, { follow = false, lines, device }: LogsOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output, terminal } = session;
        const request = { instance, device, maxLines: lines ?? 0, maxBytes: 1024 * 1024 };
        if (!follow) {
          const method = ConsolesServiceService.getConsoleLog;
          const answer = await daemon.call(method, request);
          if (output.format === 'table') await terminal.write(answer.content);
          else output.answer(method, answer, { names: [instance], text: () => '' });
          return;
        }
        session.catchInterrupts();
        const method = ConsolesServiceService.watchConsoleLog;
        for await (const answer of daemon.watch(method, request, { signal: session.interrupted })) {
          if (output.format === 'table') await terminal.write(answer.content);
          else output.item(method, answer, { names: [instance], text: () => '' });
        }
      }),
    );
}
