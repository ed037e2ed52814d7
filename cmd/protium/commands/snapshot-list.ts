import type { Command } from 'commander';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { snapshotTable } from '../output/snapshot-text.ts';
import type { RunSession } from '../session.ts';

export function addSnapshotListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the snapshots of an instance, oldest first')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = SnapshotsServiceService.listSnapshots;
        const snapshots = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { instance, pageSize, pageToken });
          return { items: answer.snapshots, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { snapshots, nextPageToken: '' },
          { names: snapshots.map(({ name }) => name), text: () => snapshotTable(snapshots) },
        );
      }),
    );
}
