import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { withNewFiles } from '../access/new-files.ts';
import { parseDuration } from '../lease-time.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';

interface CertServerOptions {
  readonly name: readonly string[];
  readonly out: string;
  readonly for: number;
}

const year = 365 * 86_400;

export function addCertServerCommand(parent: Command, run: RunSession): void {
  parent
    .command('server')
    .description(
      'a certificate for the daemon itself, as NAME.pem and NAME.key, which clients take as --ca; asks no daemon',
    )
    .option(
      '--name <host>',
      'a host name or address that clients use; may be repeated (default: this host, localhost)',
      collect,
      [],
    )
    .option('--out <name>', 'what the files are called, without .pem and .key', 'protium-server')
    .option('--for <duration>', 'how long it works (default 365d)', parseDuration, year)
    .action(({ name, out, for: seconds }: CertServerOptions, command: Command) =>
      run(command, async ({ output }) => {
        // It takes its time to load, and no other command needs it.
        const { makeServerCertificate } =
          await import('../../../internal/identity/certificates/make-certificate.ts');
        const names = name.length > 0 ? name : [hostname(), 'localhost', '127.0.0.1'];
        const files = [`${out}.pem`, `${out}.key`];
        await withNewFiles(files, async (write) => {
          const { certificate, key } = await makeServerCertificate(
            names,
            new Date(Date.now() + seconds * 1000),
          );
          await write([certificate, key]);
          const { fingerprint256: fingerprint } = new X509Certificate(certificate);
          output.object(
            { certificate: files[0], key: files[1], names, fingerprint },
            {
              names: files.slice(0, 1),
              text: () => `${files.join(' and ')} are made for ${names.join(', ')}\nSHA-256 ${fingerprint}\n`,
            },
          );
        });
      }),
    );
}
