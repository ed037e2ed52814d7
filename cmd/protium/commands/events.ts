import { Option, type Command } from 'commander';
import { EventsServiceService } from '../../../internal/api/grpc/generated/protium/v1/events.ts';
import { followEvents } from '../connection/follow-events.ts';
import { eventLine } from '../output/event-line.ts';
import type { RunSession } from '../session.ts';
import { collectChoice } from './collect.ts';

interface EventsOptions {
  readonly kind: readonly string[];
  readonly object: string;
  readonly after: string;
}

const kinds = ['domain', 'pool', 'volume', 'network', 'node-device', 'operation', 'lease'] as const;

export function addEventsCommand(program: Command, run: RunSession): void {
  program
    .command('events')
    .description('show what happens on this host, a line an event, until Ctrl-C')
    .addOption(
      new Option('--kind <kind>', 'only events of this kind; may be repeated')
        .choices(kinds)
        .argParser(collectChoice(kinds))
        .default([]),
    )
    .option('--object <object>', 'only events about this, by name or uuid', '')
    .option('--after <sequence>', 'first what came after this event', '')
    .action(({ kind, object, after }: EventsOptions, command: Command) =>
      run(command, async ({ daemon, output, interrupted: signal }) => {
        const request = { after, kinds: [...kind], object };
        const note = (text: string): void => output.note(`note: ${text}`);
        for await (const answer of followEvents(daemon, request, { signal, note })) {
          const { event } = answer;
          if (event === undefined) continue;
          output.item(EventsServiceService.watchEvents, answer, {
            names: [event.name],
            text: () => eventLine(event, output),
          });
        }
      }),
    );
}
