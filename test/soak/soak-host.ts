import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startMeasuredDaemon, type MeasuredDaemon } from '../host/measured-daemon.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { gate } from '../system/daemon-inside.ts';
import { createWorkspace } from '../system/daemon.ts';

export interface SoakHost {
  readonly host: PrivateHost;
  readonly daemon: MeasuredDaemon;
  /** Unix sockets at which the daemon's ports are to be had from outside of its namespaces. */
  readonly sockets: { readonly http: string; readonly grpc: string };
  readonly stateDirectory: string;
  /** Of volumes that are made. */
  readonly pool: string;
  end(): Promise<void>;
}

/** A private host with a daemon and a pool. */
export async function startSoakHost(): Promise<SoakHost> {
  const host = await startPrivateHost(`soak-${process.pid}`);
  const workspace = await createWorkspace();
  const base = path.dirname(workspace.directory);
  const endHost = async (): Promise<void> => {
    await host.down();
    await workspace.remove();
  };
  try {
    await mkdir(workspace.stateDirectory, { mode: 0o700, recursive: true });
    const pool = 'soak';
    const daemon = await startMeasuredDaemon(host, workspace, {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: '/var/lib/libvirt/images/soak',
      PROTIUM_IMAGE_DIRECTORY: '/var/lib/libvirt/images/soak-images',
    });
    const sockets = { http: path.join(base, 'http.sock'), grpc: path.join(base, 'grpc.sock') };
    for (const [socket, port] of [
      [sockets.http, '9021'],
      [sockets.grpc, '7001'],
    ] as const) {
      await once(host.spawn(process.execPath, ['-e', gate, socket, port]).stdout, 'data');
    }
    return {
      host,
      daemon,
      sockets,
      stateDirectory: workspace.stateDirectory,
      pool,
      end: () => daemon.end().finally(endHost),
    };
  } catch (error) {
    await endHost();
    throw error;
  }
}
