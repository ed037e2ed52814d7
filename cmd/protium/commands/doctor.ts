import type { Command } from 'commander';
import { HostServiceService } from '../../../internal/api/grpc/generated/protium/v1/host.ts';
import { findingsText } from '../output/host-text.ts';
import type { RunSession } from '../session.ts';

export function addDoctorCommand(program: Command, run: RunSession): void {
  program
    .command('doctor')
    .description(
      'show what stands in the way of VMs on this host, and the fix; the exit code is 1 when there is a problem',
    )
    .action((_options: object, command: Command) =>
      run(command, async (session) => {
        const { daemon, output } = session;
        const method = HostServiceService.examineHost;
        const answer = await daemon.call(method, {});
        const { findings } = answer;
        output.answer(method, answer, {
          names: findings.filter(({ severity }) => severity !== 'ok').map(({ check }) => check),
          text: () => findingsText(findings, output),
        });
        if (findings.some(({ severity }) => severity === 'problem')) session.endWith(1);
      }),
    );
}
