import { InvalidArgumentError, type Command } from 'commander';
import {
  ProjectsServiceService,
  type Quota,
} from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { quotaTable } from '../output/quota-text.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { parseWhole } from './parse-number.ts';
import { parseMemory, parseSize } from './parse-size.ts';
import { quotaSubject } from './quota-subject.ts';

interface QuotaSetOptions {
  readonly user?: string;
  readonly instances?: number;
  readonly cores?: number;
  readonly memory?: bigint;
  readonly disk?: bigint;
  readonly gpuHours?: number;
  readonly devices?: Readonly<Record<string, number>>;
  readonly allow?: readonly string[];
  readonly allowNone?: boolean;
  readonly allowAll?: boolean;
  readonly reset?: boolean;
  readonly dryRun?: boolean;
}

export function addQuotaSetCommand(parent: Command, run: RunSession): void {
  parent
    .command('set')
    .description(
      'set what a project, or a user, may have (for administrators); what is not named stays as it is',
    )
    .argument(
      '[project]',
      'its name or id, a user’s name for their own project; default: for all in which nothing else is set',
    )
    .option('--user <user>', 'for this user, of what they make in all projects; default: for all users')
    .option('--instances <n>', 'instances, running or not', parseWhole)
    .option('--cores <n>', 'slots of processors of all instances together', parseWhole)
    .option('--memory <size>', 'memory of all instances together: 64GiB, or MiB', parseMemory)
    .option('--disk <size>', 'what volumes may grow to: 1TiB', parseSize)
    .option('--gpu-hours <hours>', 'of leases, each week', parseHours)
    .option(
      '--devices <class=n>',
      'host devices of a class, 10de:2489=2, or *=4 of all; again for another',
      countedDevice,
    )
    .option(
      '--allow <device>',
      'a host device that it may have: address or class; again for another',
      collect,
    )
    .option('--allow-none', 'it may have no host device')
    .option('--allow-all', 'it may have whatever the host gives')
    .option('--reset', 'forget first what was set')
    .option('--dry-run', 'only check it')
    .action((project: string | undefined, options: QuotaSetOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { of, name } = quotaSubject(project, options.user);
        const validateOnly = options.dryRun ?? false;
        const from = (quota: Quota | undefined) =>
          merged(options.reset === true ? undefined : quota, options);
        if (of === 'user') {
          const before = await daemon.call(ProjectsServiceService.getUserQuota, { user: name });
          const method = ProjectsServiceService.setUserQuota;
          const answer = await daemon.call(method, { user: name, quota: from(before.quota), validateOnly });
          const text = () => quotaTable({ effective: answer.effective, used: before.used }, 'user');
          output.answer(method, answer, { names: [name], text });
          return;
        }
        const before = await daemon.call(ProjectsServiceService.getQuota, { project: name });
        const method = ProjectsServiceService.setQuota;
        const answer = await daemon.call(method, { project: name, quota: from(before.quota), validateOnly });
        const text = () => quotaTable({ effective: answer.effective, used: before.used });
        output.answer(method, answer, { names: [name], text });
      }),
    );
}

function merged(before: Quota | undefined, options: QuotaSetOptions): Quota {
  const { instances, cores, memory, disk, gpuHours, devices, allow, allowNone, allowAll } = options;
  return {
    instances: instances ?? before?.instances,
    cores: cores ?? before?.cores,
    memoryMib: memory ?? before?.memoryMib,
    diskBytes: disk ?? before?.diskBytes,
    gpuHoursPerWeek: gpuHours ?? before?.gpuHoursPerWeek,
    devices: { ...before?.devices, ...devices },
    allowedDevices:
      allowAll === true
        ? undefined
        : allow !== undefined || allowNone === true
          ? { names: [...(allow ?? [])] }
          : before?.allowedDevices,
  };
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text)) return hours;
  throw new InvalidArgumentError('It is a number of hours.');
}

function countedDevice(
  text: string,
  before: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const [, name, count] = /^(\*|[0-9a-fA-F]{4}:[0-9a-fA-F]{4})=(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined || count === undefined) {
    throw new InvalidArgumentError('It is a class and a number, 10de:2489=2, or *=4.');
  }
  return { ...before, [name.toLowerCase()]: Number(count) };
}
