import type { Command } from 'commander';
import { analyzeRepository } from '../../../internal/provision/repository/analyze-repository.ts';
import { printablePath } from '../../../internal/provision/repository/printable-path.ts';
import { isRepositoryUrl } from '../../../internal/provision/repository/repository-url.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { exitOf } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { analysisText } from '../output/analysis-text.ts';
import type { RunSession } from '../session.ts';

interface AnalyzeOptions {
  readonly ssh?: boolean;
}

export function addProvisionAnalyzeCommand(provision: Command, run: RunSession): void {
  provision
    .command('analyze')
    .description('show what a repository asks of a machine, and the lines that say so; no daemon is needed')
    .argument('<path|url>', 'the directory of a repository, or the URL of a git repository')
    .option('--ssh', 'a URL may be one for ssh: your keys are used for the clone')
    .action((source: string, { ssh = false }: AnalyzeOptions, self: Command) =>
      run(self, async (session) => {
        session.catchInterrupts();
        if (isRepositoryUrl(source)) session.output.progress(`Cloning ${source} ...`);
        const analysis = await analyzeRepository(source, { ssh, signal: session.interrupted }).catch(
          asFailure,
        );
        session.output.object(analysis, {
          names: [printablePath(source)],
          text: () => analysisText(analysis),
        });
      }),
    );
}

/** It is told as the daemon's errors are, though no daemon was asked. */
export function asFailure(error: unknown): never {
  if (!(error instanceof ProtiumError)) throw error;
  const { code, message } = error;
  throw new Failure(code, message, {
    exit: code === 'cancelled' ? 'interrupted' : exitOf(code),
    cause: error,
  });
}
