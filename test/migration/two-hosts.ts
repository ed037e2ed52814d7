import { cp } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { expect, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import type { CliRun } from '../system/cli-process.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';

export const pool = 'protium-moving';
const directory = `/var/lib/libvirt/images/${pool}`;
const addresses = { here: '10.99.7.1', there: '10.99.7.2' };

/** Two libvirt hosts with a wire between them, each with a daemon that knows the other as `other`. */
export interface TwoHosts {
  readonly here: OneHost;
  readonly there: OneHost;
  /** Makes an instance here that boots the test guest; resolves with its uuid when it is ready. */
  boot(name: string, options?: { readonly off?: boolean; readonly owner?: string }): Promise<string>;
  remove(): Promise<void>;
}

export interface OneHost {
  readonly host: PrivateHost;
  readonly daemon: DaemonInside;
  virsh(...args: string[]): Promise<string>;
  /** The command line of its daemon; rejects where it fails. */
  protium(...args: string[]): Promise<string>;
  /** The same, however it ends. */
  attempt(...args: string[]): Promise<CliRun>;
  /** Ends the daemon, and starts it again. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Everything in which a VM could leave a trace. */
  traces(): Promise<Record<string, string>>;
}

export async function twoHosts(
  prefix: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TwoHosts> {
  const [hereHost, thereHost] = await Promise.all(
    ['a', 'b'].map((end) => startPrivateHost(`protium-${prefix}${end}-${process.pid}`)),
  );
  if (hereHost === undefined || thereHost === undefined) throw new Error('there are two');
  const wire = `pm${prefix}${process.pid}`.slice(0, 13);
  await execa('ip', [
    ...['link', 'add', `${wire}a`, 'netns', hereHost.name],
    ...['type', 'veth', 'peer', 'name', `${wire}b`, 'netns', thereHost.name],
  ]);
  await plug(hereHost, `${wire}a`, addresses.here);
  await plug(thereHost, `${wire}b`, addresses.there);
  const target = (to: PrivateHost, address: string) => `other=${to.uri} address=${address}`;
  const here = await oneHost(hereHost, {
    ...env,
    PROTIUM_MIGRATION_TARGETS: `${target(thereHost, addresses.there)}, nowhere=qemu:///system?socket=/nonexistent/sock`,
  });
  const there = await oneHost(thereHost, {
    ...env,
    PROTIUM_MIGRATION_TARGETS: target(hereHost, addresses.here),
  });
  return {
    here,
    there,
    async boot(name, { off = false, owner } = {}) {
      const disk = randomUUID();
      await cp((await guestImage()).disk, path.join(hereHost.directory, 'lib/images', pool, `${disk}.qcow2`));
      await here.virsh('pool-refresh', pool);
      const config = {
        slots: 1,
        ramsize: 192,
        allowSMT: true,
        overprovision: 10,
        volumes: [{ vid: disk }],
        networks: [{ network_uid: 'default' }],
      };
      const begun = await here.daemon.call('POST', '/v1/instances', { name, owner, config });
      expect(begun.body, JSON.stringify(begun.body)).toMatchObject({ uuid: expect.any(String) as unknown });
      const waited = await here.daemon.call(
        'GET',
        `${String(begun.headers.location)}/wait?timeoutSeconds=100`,
      );
      expect(waited.body).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED' } });
      const uuid = String(begun.body['uuid']);
      if (off) await here.protium('stop', '--force', name);
      else
        await waitForSerial(
          path.join(hereHost.directory, `log/qemu/${uuid}-serial0.log`),
          /READY .*\r\n/,
          100_000,
        );
      return uuid;
    },
    async remove() {
      for (const each of [here, there]) {
        await each.daemon.end();
        await each.host.down();
        await each.workspace.remove();
      }
    },
  };
}

async function plug({ name }: PrivateHost, device: string, address: string): Promise<void> {
  await execa('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', device]);
  await execa('ip', ['-n', name, 'link', 'set', device, 'up']);
}

async function oneHost(
  host: PrivateHost,
  env: Readonly<Record<string, string>>,
): Promise<OneHost & { readonly workspace: Workspace }> {
  const workspace = await createWorkspace();
  const virsh = async (...args: string[]): Promise<string> =>
    (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
  await virsh('pool-define-as', pool, 'dir', '--target', directory);
  await virsh('pool-build', pool);
  await virsh('pool-start', pool);
  await virsh('net-start', 'default');
  const start = async (): Promise<DaemonInside> => {
    const started = await startDaemonInside(host, workspace, {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: directory,
      ...env,
    });
    await vi.waitFor(async () => {
      expect((await started.call('GET', '/v1/host')).status).toBe(200);
    }, 60_000);
    return started;
  };
  let daemon = await start();
  const output = async (...command: readonly [string, ...string[]]): Promise<string> => {
    const [program, ...args] = command;
    return (await host.run(program, args, { reject: false })).stdout.trim();
  };
  return {
    host,
    workspace,
    get daemon() {
      return daemon;
    },
    virsh,
    async protium(...args) {
      const run = await daemon.cli(args);
      expect(run, `${args.join(' ')}: ${run.stderr}`).toMatchObject({ exitCode: 0 });
      return run.stdout;
    },
    attempt: (...args) => daemon.cli(args),
    async restart(signal = 'SIGKILL') {
      await daemon.end(signal);
      daemon = await start();
    },
    traces: async () => ({
      domains: await virsh('list', '--all', '--name'),
      volumes: (await virsh('vol-list', pool)).split('\n').sort().join('\n'),
      pools: await virsh('pool-list', '--all', '--name'),
      filters: await virsh('nwfilter-list'),
      network: await virsh('net-dumpxml', 'default', '--inactive'),
      nvram: await output('ls', '/var/lib/libvirt/qemu/nvram'),
    }),
  };
}
