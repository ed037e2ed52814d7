import type { Command } from 'commander';
import { CertificatesServiceService } from '../../../internal/api/grpc/generated/protium/v1/certificates.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { certificateTable } from '../output/certificate-text.ts';
import type { RunSession } from '../session.ts';

export function addCertListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the client certificates, the oldest first')
    .option('--user <name>', 'only those of this user', '')
    .action(({ user }: { readonly user: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = CertificatesServiceService.listCertificates;
        const certificates = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { user, pageSize, pageToken });
          return { items: answer.certificates, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { certificates, nextPageToken: '' },
          { names: certificates.map(({ serial }) => serial), text: () => certificateTable(certificates) },
        );
      }),
    );
}
