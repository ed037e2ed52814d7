import path from 'node:path';
import type { Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { chooseAddress } from '../connection/choose-address.ts';
import { connectDaemon } from '../connection/daemon.ts';
import { loginsFile, noLogins, readLogins, writeLogins } from '../connection/logins.ts';
import { Failure } from '../failure.ts';
import { whoAmIText } from '../output/access-text.ts';
import type { GlobalOptions, RunSession } from '../session.ts';

export function addLoginCommand(program: Command, run: RunSession): void {
  program
    .command('login')
    .description(
      'keep a token for the daemon at --address, which is then the one that is meant; reads it from stdin',
    )
    .action((_options: object, command: Command) =>
      run(command, async (session) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        const token = options.token ?? (await session.readStdin()).trim();
        if (token === '') {
          throw new Failure('usage', 'There is no token: give it on stdin, or as --token.', {
            exit: 'usage',
          });
        }
        const allowInsecure = ['1', 'true'].includes(process.env['PROTIUM_ALLOW_INSECURE_REMOTE'] ?? '');
        const { address, ca } = options;
        const chosen = await chooseAddress(
          { address, ca, token, cert: undefined, certKey: undefined, allowInsecure },
          noLogins,
        );
        const daemon = connectDaemon(chosen);
        try {
          const method = UsersServiceService.whoAmI;
          const answer = await daemon.call(method, {});
          const file = loginsFile(process.env);
          const { logins } = readLogins(file);
          const login = { token, ...(ca === undefined ? {} : { ca: path.resolve(ca) }) };
          writeLogins(file, { current: chosen.address, logins: { ...logins, [chosen.address]: login } });
          session.output.answer(method, answer, { names: [answer.user], text: () => whoAmIText(answer) });
        } finally {
          daemon.close();
        }
      }),
    );
}
