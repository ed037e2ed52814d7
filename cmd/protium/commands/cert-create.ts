import type { Command } from 'commander';
import { CertificatesServiceService } from '../../../internal/api/grpc/generated/protium/v1/certificates.ts';
import { withNewFiles } from '../access/new-files.ts';
import { Failure } from '../failure.ts';
import { parseDuration } from '../lease-time.ts';
import type { RunSession } from '../session.ts';

interface CertCreateOptions {
  readonly user: string;
  readonly out?: string;
  readonly description: string;
  readonly for?: number;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addCertCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description(
      'a new client certificate with its key, as NAME.pem and NAME.key; the key is kept nowhere else',
    )
    .requiredOption('--user <name>', 'whose it is to be')
    .option('--out <name>', 'what the files are called, without .pem and .key (default: the user)')
    .option('--description <text>', 'what it is for', '')
    .option('--for <duration>', 'how long it works: 30d, 365d (default 90d)', parseDuration)
    .option('--idempotency-key <key>', 'the same key again means the same certificate', '')
    .option('--dry-run', 'only check it')
    .action(({ dryRun = false, ...options }: CertCreateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { user, description, for: seconds, out = user, idempotencyKey } = options;
        const method = CertificatesServiceService.createCertificate;
        const expireTime = seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000);
        const request = { user, description, expireTime, idempotencyKey, validateOnly: dryRun };
        if (dryRun) {
          const answer = await daemon.call(method, request);
          output.answer(method, answer, {
            names: [],
            text: () => `${user} would have another certificate\n`,
          });
          return;
        }
        const files = [`${out}.pem`, `${out}.key`];
        await withNewFiles(files, async (write) => {
          const answer = await daemon.call(method, request);
          const serial = answer.certificate?.serial ?? '';
          if (answer.keyPem === '') {
            throw new Failure(
              'already-exists',
              `The certificate ${serial} was made before; its key was told then. Make another one.`,
              { exit: 'refused' },
            );
          }
          await write([answer.certificatePem, answer.keyPem]);
          const { keyPem: _, ...told } = answer;
          output.answer(
            method,
            { ...told, keyPem: '' },
            { names: [serial], text: () => `${files.join(' and ')} are made; serial number ${serial}\n` },
          );
        });
      }),
    );
}
