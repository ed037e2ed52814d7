import type { Command } from 'commander';
import { CertificatesServiceService } from '../../../internal/api/grpc/generated/protium/v1/certificates.ts';
import { forEach } from '../access/each.ts';
import type { RunSession } from '../session.ts';

export function addCertRevokeCommand(parent: Command, run: RunSession): void {
  parent
    .command('revoke')
    .description('end client certificates for good, on open connections too')
    .argument('<certificate...>', 'their serial numbers')
    .option('--dry-run', 'only see whether they can be')
    .action((ids: readonly string[], { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = CertificatesServiceService.revokeCertificate;
        await forEach(ids, async (certificate) => {
          const answer = await daemon.call(method, { certificate, validateOnly: dryRun });
          const text = () => `${certificate} ${dryRun ? 'would be' : 'is'} revoked\n`;
          output.answer(method, answer, { names: [certificate], text });
        });
      }),
    );
}
