import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  TokensServiceService,
  TokenUse,
  type ProjectRole,
} from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import { Failure } from '../failure.ts';
import { parseDuration } from '../lease-time.ts';
import type { RunSession } from '../session.ts';
import { parseTime } from './parse-time.ts';

interface TokenCreateOptions {
  readonly user: string;
  readonly description: string;
  readonly readOnly?: boolean;
  readonly metrics?: boolean;
  readonly project: readonly ProjectRole[];
  readonly expires?: Date;
  readonly for?: number;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addTokenCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description('a new token; it is told once, and kept nowhere')
    .option('--user <name>', 'whose it is to be (default: yours)', '')
    .option('--description <text>', 'what it is for', '')
    .addOption(new Option('--read-only', 'nothing can be changed with it').conflicts('metrics'))
    .option('--metrics', 'for GET /metrics, and nothing else')
    .option(
      '--project <id=role>',
      'only in this project, at most as viewer, operator or admin; may be repeated',
      collectRoles,
      [],
    )
    .addOption(new Option('--expires <time>', 'when it stops to work').argParser(parseTime).conflicts('for'))
    .option('--for <duration>', 'how long it works, instead of --expires: 8h, 90d', parseDuration)
    .option('--idempotency-key <key>', 'the same key again means the same token', '')
    .option('--dry-run', 'only check it')
    .action((options: TokenCreateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { user, description, idempotencyKey, dryRun: validateOnly = false } = options;
        const method = TokensServiceService.createToken;
        const answer = await daemon.call(method, {
          user,
          description,
          use: useOf(options),
          projects: [...options.project],
          expireTime: expiryOf(options),
          idempotencyKey,
          validateOnly,
        });
        const { token, text } = answer;
        if (token !== undefined && text === '') {
          throw new Failure(
            'already-exists',
            `The token ${token.id} was made before; its text was told then. Another one: protium token rotate ${token.id}`,
            { exit: 'refused' },
          );
        }
        output.answer(method, answer, {
          names: token === undefined ? [] : [token.id],
          text: () => (validateOnly ? 'A token would be made\n' : `${text}\n`),
        });
      }),
    );
}

function useOf({ readOnly = false, metrics = false }: TokenCreateOptions): TokenUse {
  if (metrics) return TokenUse.TOKEN_USE_METRICS;
  return readOnly ? TokenUse.TOKEN_USE_READS : TokenUse.TOKEN_USE_EVERYTHING;
}

function expiryOf({ expires, for: seconds }: TokenCreateOptions): Date | undefined {
  return seconds === undefined ? expires : new Date(Date.now() + seconds * 1000);
}

function collectRoles(text: string, before: readonly ProjectRole[]): readonly ProjectRole[] {
  const [, project, role] = /^([0-9a-f]{32})=(viewer|operator|admin)$/.exec(text) ?? [];
  if (project === undefined || role === undefined) {
    throw new InvalidArgumentError(
      'It must be like 0123456789abcdef0123456789abcdef=viewer (operator, admin).',
    );
  }
  return [...before, { project, role }];
}
