import type { Command } from 'commander';
import { AttachmentsServiceService } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { attachmentNames, attachmentTable } from '../output/attachment-text.ts';
import type { RunSession } from '../session.ts';

export function addAttachmentsCommand(program: Command, run: RunSession): void {
  program
    .command('attachments')
    .description('list what is plugged into an instance: disks, network interfaces, host devices')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AttachmentsServiceService.listAttachments;
        const answer = await daemon.call(method, { instance });
        output.answer(method, answer, {
          names: attachmentNames(answer),
          text: () => attachmentTable(answer),
        });
      }),
    );
}
