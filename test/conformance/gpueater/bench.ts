import path from 'node:path';
import { expect, vi } from 'vitest';
import { privateHost, type PrivateHost } from '../../host/private-host.ts';
import { hostOfWorker } from '../../host/hosts-of-run.ts';
import { runCli } from '../../system/cli-process.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type Workspace,
} from '../../system/daemon.ts';

/** A user of the dialect with its access key. */
export interface BenchUser {
  readonly email: string;
  readonly password: string;
  readonly owner: string;
  /** GPUEATER_URL with the access key in it. */
  readonly url: string;
}

/** A daemon on the private host, with pools of its own. */
export interface GpueaterBench {
  readonly host: PrivateHost;
  readonly workspace: Workspace;
  readonly daemon: DaemonUnderTest;
  /** Makes an access key by the command line. */
  user(name: string): Promise<BenchUser>;
  /** Ends the daemon and starts it again, at another port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const pools = ['gpueater-volumes', 'gpueater-images'] as const;

export async function gpueaterBench(): Promise<GpueaterBench> {
  const host = await privateHost(await hostOfWorker());
  const workspace = await createWorkspace();
  const start = async (): Promise<DaemonUnderTest> => {
    const started = await startDaemonProcess({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
      env: {
        PROTIUM_STORAGE_POOL: pools[0],
        PROTIUM_STORAGE_DIRECTORY: path.join('/var/lib/libvirt/images', pools[0]),
        PROTIUM_IMAGE_POOL: pools[1],
        PROTIUM_IMAGE_DIRECTORY: path.join('/var/lib/libvirt/images', pools[1]),
      },
    });
    try {
      await vi.waitFor(async () => {
        expect((await call(started, 'GET', '/statusjson')).status).toBe(200);
      }, 30_000);
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  };
  let daemon = await start();
  return {
    host,
    workspace,
    get daemon() {
      return daemon;
    },
    async user(name) {
      const run = await runCli(daemon.grpc, ['gpueater', 'url', '--user', name, '-o', 'json']);
      expect(run.exitCode, run.stderr).toBe(0);
      const { accessKey, secret, url } = JSON.parse(run.stdout) as {
        readonly accessKey: { readonly id: string; readonly owner: string };
        readonly secret: string;
        readonly url: string;
      };
      return { email: accessKey.id, password: secret, owner: accessKey.owner, url };
    },
    async restart() {
      await daemon.end();
      daemon = await start();
    },
    async close() {
      await daemon.end();
      for (const pool of pools)
        for (const change of ['pool-destroy', 'pool-undefine'])
          await host.run('virsh', ['-q', '-c', 'qemu:///system', change, pool], { reject: false });
      await workspace.remove();
    },
  };
}
