import type { Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { collectLocalUsers } from '../access/user-id.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';

interface UserCreateOptions {
  readonly id: string;
  readonly administrator?: boolean;
  readonly localUser?: readonly number[];
  readonly oidc: readonly string[];
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addUserCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description('a new user')
    .argument('<name>', 'at most 63 lower-case letters, digits, dots and dashes')
    .option(
      '--id <id>',
      "its project's id, 32 hexadecimal digits, e.g. an AtomOS client_uid (default: a new one)",
      '',
    )
    .option('--administrator', 'may do everything on this host')
    .option(
      '--local-user <uid|name>',
      'an account of this machine whose programs need no token; may be repeated',
      collectLocalUsers,
    )
    .option(
      '--oidc <subject>',
      'how an OIDC issuer calls it: "https://issuer.example anna"; may be repeated',
      collect,
      [],
    )
    .option('--idempotency-key <key>', 'the same key again means the same user', '')
    .option('--dry-run', 'only check it')
    .action((name: string, options: UserCreateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { dryRun = false } = options;
        const method = UsersServiceService.createUser;
        const answer = await daemon.call(method, {
          name,
          owner: options.id,
          administrator: options.administrator ?? false,
          localUids: [...(options.localUser ?? [])],
          oidcSubjects: [...options.oidc],
          idempotencyKey: options.idempotencyKey,
          validateOnly: dryRun,
        });
        const text = () =>
          `${name} ${dryRun ? 'would be' : 'is'} made, with the project ${answer.user?.owner ?? ''}\n`;
        output.answer(method, answer, { names: [name], text });
      }),
    );
}
