import type { Command } from 'commander';
import { DomainsServiceService } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { domainTable, viewAgeNote } from '../output/domain-text.ts';
import { domainStates } from '../output/enum-names.ts';
import type { RunSession } from '../session.ts';
import { statesOf, statesOption } from './states-option.ts';

export function addDomainListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the domains, by name')
    .addOption(statesOption(domainStates, 'only domains in this state'))
    .action(({ state }: { readonly state: readonly string[] }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = DomainsServiceService.listDomains;
        const answer = await daemon.call(method, { states: statesOf(domainStates, state) });
        const { domains, viewAgeMs } = answer;
        const note = viewAgeNote(viewAgeMs);
        if (note !== null) output.note(note);
        output.answer(method, answer, {
          names: domains.map(({ name }) => name),
          text: () => domainTable(domains, output),
        });
      }),
    );
}
