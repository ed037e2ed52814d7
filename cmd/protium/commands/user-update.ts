import { Option, type Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { collectLocalUsers } from '../access/user-id.ts';
import { userTable } from '../output/access-text.ts';
import type { RunSession } from '../session.ts';

interface UserUpdateOptions {
  readonly administrator?: boolean;
  readonly localUser?: readonly number[] | false;
  readonly oidc?: readonly string[] | false;
  readonly etag: string;
  readonly dryRun?: boolean;
}

export function addUserUpdateCommand(parent: Command, run: RunSession): void {
  parent
    .command('update')
    .description('change what a user may do, or how it is known')
    .argument('<user>', 'its name')
    .option('--administrator', 'may do everything on this host')
    .option('--no-administrator', 'may no longer')
    .option(
      '--local-user <uid|name>',
      'the accounts of this machine whose programs need no token, instead of those before; may be repeated',
      (text: string, before: readonly number[] | false | undefined) =>
        collectLocalUsers(text, listed(before)),
    )
    .option('--no-local-user', 'no account of this machine')
    .addOption(
      new Option(
        '--oidc <subject>',
        'how OIDC issuers call it, instead of those before; may be repeated',
      ).argParser((text: string, before: readonly string[] | false | undefined) => [...listed(before), text]),
    )
    .option('--no-oidc', 'no OIDC issuer')
    .option('--etag <etag>', 'only if it still is the user that has this etag', '')
    .option('--dry-run', 'only check it')
    .action((user: string, options: UserUpdateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const given = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
        const method = UsersServiceService.updateUser;
        const answer = await daemon.call(method, {
          user,
          administrator: given('administrator') ? (options.administrator ?? false) : undefined,
          localUids: given('localUser') ? { uids: [...listed(options.localUser)] } : undefined,
          oidcSubjects: given('oidc') ? { subjects: [...listed(options.oidc)] } : undefined,
          etag: options.etag,
          validateOnly: options.dryRun ?? false,
        });
        const text = () => userTable(answer.user === undefined ? [] : [answer.user]);
        output.answer(method, answer, { names: [user], text });
      }),
    );
}

function listed<Item>(values: readonly Item[] | false | undefined): readonly Item[] {
  return values === false ? [] : (values ?? []);
}
