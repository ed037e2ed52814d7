import { Option, type Command } from 'commander';
import { HostServiceService } from '../../../internal/api/grpc/generated/protium/v1/host.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { hostDeviceTable, hostText } from '../output/host-text.ts';
import type { RunSession } from '../session.ts';

export function addHostCommands(program: Command, run: RunSession): void {
  const host = program.command('host').description('what this host has, and who has it');
  host
    .command('get')
    .description('show processors, memory, and what is taken of them')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = HostServiceService.getHost;
        const answer = await daemon.call(method, {});
        output.answer(method, answer, { names: [], text: () => hostText(answer) });
      }),
    );
  host
    .command('devices')
    .description('list the PCI devices, with who has them')
    .addOption(new Option('--outlook <outlook>', 'only those that are so').choices(['free', 'taken', 'kept']))
    .action(({ outlook = '' }: { readonly outlook?: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = HostServiceService.listHostDevices;
        const devices = await allPages(async (pageToken) => {
          const page = await daemon.call(method, { outlook, pageSize, pageToken });
          return { items: page.devices, next: page.nextPageToken };
        });
        output.answer(
          method,
          { devices, nextPageToken: '' },
          { names: devices.map(({ address }) => address), text: () => hostDeviceTable(devices) },
        );
      }),
    );
}
