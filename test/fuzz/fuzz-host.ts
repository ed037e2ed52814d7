import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startMeasuredDaemon, type MeasuredDaemon } from '../host/measured-daemon.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace } from '../system/daemon.ts';
import { known } from './routes/names.ts';

export const origin = 'http://127.0.0.1:9021';
export const grpc = '127.0.0.1:7001';

export interface FuzzHost {
  readonly host: PrivateHost;
  readonly daemon: MeasuredDaemon;
  end(): Promise<void>;
}

/**
 * A daemon on a host of its own where nothing that a request asks for can do harm: in its namespaces the machine's file systems
 * and devices are read-only but for a directory of the test, and there is no network.
 */
export async function startFuzzHost(): Promise<FuzzHost> {
  const host = await startPrivateHost(`fuzz-${process.pid}`);
  const workspace = await createWorkspace();
  const base = path.dirname(workspace.directory);
  for (const directory of ['state', 'pool', 'images']) await mkdir(path.join(base, directory));
  await chmod(path.join(base, 'state'), 0o700);
  const end = async (): Promise<void> => {
    await host.down();
    await workspace.remove();
  };
  try {
    // libvirt's helper of dnsmasq writes to /run.
    for (const directory of [base, '/run']) await host.run('mount', ['--rbind', directory, directory]);
    for (const directory of ['/', '/sys']) await host.run('mount', ['-o', 'remount,bind,ro', directory]);
    const daemon = await startMeasuredDaemon(host, workspace, {
      PROTIUM_STORAGE_DIRECTORY: path.join(base, 'pool'),
      PROTIUM_IMAGE_DIRECTORY: path.join(base, 'images'),
      PROTIUM_POOL_DIRECTORIES: base,
    });
    await makeKnown(host, path.join(base, 'pool-of-requests'));
    return {
      host,
      daemon,
      async end() {
        await daemon.end().finally(end);
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Objects for requests to name, made with virsh: what they are stays as small as can be. */
async function makeKnown(host: PrivateHost, directory: string): Promise<void> {
  await mkdir(directory);
  const virsh = (...args: readonly string[]) => host.run('virsh', ['-c', 'qemu:///system', ...args]);
  await virsh('pool-define-as', known.pool, 'dir', '--target', directory);
  await virsh('pool-start', known.pool);
  await virsh('vol-create-as', known.pool, known.volume, '1M', '--format', 'qcow2');
  const define = async (verb: string, xml: string): Promise<void> => {
    const file = path.join(directory, `${verb}.xml`);
    await writeFile(file, xml);
    await virsh(verb, file);
  };
  await define(
    'net-define',
    `<network><name>${known.network}</name><ip address='10.99.0.1' netmask='255.255.255.0'/></network>`,
  );
  await define(
    'define',
    `<domain type='qemu'><name>${known.instance}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os></domain>`,
  );
}
