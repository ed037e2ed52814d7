import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import {
  PoolsServiceService,
  type CreatePoolRequest,
} from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';

interface PoolCreateOptions {
  readonly dir?: string;
  readonly fs?: string;
  readonly nfs?: string;
  readonly mount?: string;
  readonly format: string;
  readonly logical?: string;
  readonly zfs?: string;
  readonly rbd?: string;
  readonly monitor: readonly string[];
  readonly user: string;
  readonly secret: string;
  readonly autostart: boolean;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addPoolCreateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('create')))
    .description('make a pool of one of --dir, --fs, --nfs, --logical, --zfs and --rbd, and start it')
    .argument('<name>', 'of the new pool')
    .option('--dir <path>', 'a directory of the host; made when it is not there')
    .option('--fs <device>', 'a file system on a device, mounted at --mount')
    .option('--nfs <host:path>', 'a directory that a server exports, mounted at --mount')
    .option('--mount <path>', 'where it is mounted')
    .option('--format <format>', 'of the file system, or of what the server exports', '')
    .option('--logical <group>', 'an LVM volume group')
    .option('--zfs <dataset>', 'a ZFS pool or data set')
    .option('--rbd <pool>', 'a Ceph pool, with --monitor')
    .option('--monitor <host>', 'a monitor of Ceph; may be repeated', collect, [])
    .option('--user <user>', 'who logs in to Ceph, with --secret', '')
    .option('--secret <uuid>', "libvirt's secret with the key", '')
    .option('--no-autostart', 'do not start it with the host')
    .action((name: string, options: PoolCreateOptions, command: Command) =>
      run(command, async (session) => {
        const { autostart, wait, dryRun = false } = options;
        await changeObject(session, name, {
          method: PoolsServiceService.createPool,
          request: {
            name,
            source: sourceOf(options),
            autostart,
            idempotencyKey: randomUUID(),
            validateOnly: dryRun,
          },
          done: 'is made',
          wait,
          dryRun,
        });
      }),
    );
}

function sourceOf(options: PoolCreateOptions): CreatePoolRequest['source'] {
  const { dir, fs, nfs, mount: mountPath = '', format, logical, zfs, rbd } = options;
  const sources: NonNullable<CreatePoolRequest['source']>[] = [];
  if (dir !== undefined) sources.push({ $case: 'dir', value: { path: dir } });
  if (fs !== undefined) sources.push({ $case: 'fs', value: { device: fs, format, mountPath } });
  if (nfs !== undefined) {
    const [, host = '', directory = ''] = /^(.*):(\/.*)$/.exec(nfs) ?? [];
    sources.push({ $case: 'netfs', value: { host, directory, format, mountPath } });
  }
  if (logical !== undefined) sources.push({ $case: 'logical', value: { group: logical } });
  if (zfs !== undefined) sources.push({ $case: 'zfs', value: { dataset: zfs } });
  if (rbd !== undefined) {
    const { monitor, user, secret: secretUuid } = options;
    sources.push({ $case: 'rbd', value: { cephPool: rbd, monitors: [...monitor], user, secretUuid } });
  }
  const [source, ...more] = sources;
  if (source !== undefined && more.length === 0) return source;
  throw new Failure('usage', 'Give one of --dir, --fs, --nfs, --logical, --zfs and --rbd.', {
    exit: 'usage',
  });
}
