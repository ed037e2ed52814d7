import { Option, type Command } from 'commander';
import {
  FirewallServiceService,
  type FirewallRule,
} from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';
import { fileOption, formatOption } from '../config-file/config-options.ts';
import type { ConfigFormat } from '../config-file/parse-config.ts';
import { readConfig } from '../config-file/read-config.ts';
import { Failure } from '../failure.ts';
import { readFirewallFile } from '../firewall/firewall-file.ts';
import { parseRule } from '../firewall/rule-text.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

/** With its place on the command line: the order of rules counts. */
interface PlacedRule {
  readonly place: number;
  readonly rule: FirewallRule;
}

interface FirewallSetOptions {
  readonly defaultIn?: string;
  readonly defaultOut?: string;
  readonly allow?: readonly PlacedRule[];
  readonly drop?: readonly PlacedRule[];
  readonly reject?: readonly PlacedRule[];
  readonly file?: string;
  readonly format?: ConfigFormat;
  readonly etag: string;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addFirewallSetCommand(parent: Command, run: RunSession): void {
  let places = 0;
  const collectRule =
    (action: string) =>
    (text: string, before: readonly PlacedRule[] = []): readonly PlacedRule[] => [
      ...before,
      { place: places++, rule: parseRule(text, action) },
    ];
  const verdict = (flags: string, help: string) => new Option(flags, help).choices(['accept', 'drop']);
  addDryRunOption(addWaitOption(parent.command('set')))
    .description('replace the firewall of an instance; the first rule of its direction that fits decides')
    .argument('<instance>', 'name or uuid')
    .addOption(
      verdict('--default-in <action>', 'for who calls the guest and no rule decides; none given: accept'),
    )
    .addOption(
      verdict('--default-out <action>', 'for whom the guest calls and no rule decides; none given: accept'),
    )
    .option('--allow <rule>', 'DIRECTION:PROTOCOL[:PORTS[:REMOTE]]; may be repeated', collectRule('accept'))
    .option('--drop <rule>', 'the same, to be dropped silently; may be repeated', collectRule('drop'))
    .option('--reject <rule>', 'the same, to be refused; may be repeated', collectRule('reject'))
    .addOption(fileOption().conflicts(['allow', 'drop', 'reject', 'defaultIn', 'defaultOut']))
    .addOption(formatOption())
    .option('--etag <etag>', 'only if it is still the one with this etag', '')
    .action((instance: string, options: FirewallSetOptions, command: Command) =>
      run(command, async (session) => {
        const { file, format, etag, wait, dryRun = false } = options;
        const firewall =
          file === undefined ? ofOptions(options) : readFirewallFile(await readConfig(file, format, session));
        await changeObject(session, instance, {
          method: FirewallServiceService.replaceFirewall,
          request: { instance, ...firewall, etag, validateOnly: dryRun },
          done: 'has this firewall',
          wait,
          dryRun,
        });
      }),
    );
}

function ofOptions({ defaultIn, defaultOut, allow = [], drop = [], reject = [] }: FirewallSetOptions) {
  const rules = [...allow, ...drop, ...reject].toSorted((a, b) => a.place - b.place).map(({ rule }) => rule);
  if (rules.length === 0 && defaultIn === undefined && defaultOut === undefined) {
    throw new Failure('usage', 'Say what the firewall is to be: protium help firewall set.', {
      exit: 'usage',
    });
  }
  return { defaultIn: defaultIn ?? 'accept', defaultOut: defaultOut ?? 'accept', rules };
}
