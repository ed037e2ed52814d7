import type { Command } from 'commander';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { snapshotFields } from '../output/snapshot-text.ts';
import type { RunSession } from '../session.ts';

export function addSnapshotGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one snapshot')
    .argument('<instance>', 'name or uuid')
    .argument('<snapshot>', 'its name')
    .action((instance: string, name: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = SnapshotsServiceService.getSnapshot;
        const answer = await daemon.call(method, { instance, snapshot: name });
        const { snapshot } = answer;
        if (snapshot === undefined) return;
        output.answer(method, answer, { names: [snapshot.name], text: () => snapshotFields(snapshot) });
      }),
    );
}
