import type { Command } from 'commander';
import type { RunSession } from '../session.ts';

export function addVersionCommand(program: Command, run: RunSession): void {
  program
    .command('version')
    .description('show the version of this program')
    .action((_options: object, command: Command) =>
      run(command, async ({ output }) => {
        const { readBuildInfo } = await import('../../manager/build-info.ts');
        const build = readBuildInfo();
        const { version, commit } = build;
        output.object(build, {
          names: [version],
          text: () => `protium ${version}${commit === null ? '' : ` (${commit})`}\n`,
        });
      }),
    );
}
