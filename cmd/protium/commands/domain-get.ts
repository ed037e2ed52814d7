import type { Command } from 'commander';
import { DomainsServiceService } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { domainFields, viewAgeNote } from '../output/domain-text.ts';
import type { RunSession } from '../session.ts';

export function addDomainGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one domain')
    .argument('<domain>', 'name or uuid')
    .action((named: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = DomainsServiceService.getDomain;
        const answer = await daemon.call(method, { domain: named });
        const { domain, viewAgeMs } = answer;
        if (domain === undefined) return;
        const note = viewAgeNote(viewAgeMs);
        if (note !== null) output.note(note);
        output.answer(method, answer, { names: [domain.name], text: () => domainFields(domain) });
      }),
    );
}
