import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import type { PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside } from './daemon-inside.ts';

export interface RunningGuest {
  readonly name: string;
  readonly uuid: string;
  /** Its serial log, as seen from outside. */
  readonly log: string;
  readonly workspace: Workspace;
  readonly daemon: DaemonInside;
  /** Another daemon with the same state, for after the first has ended. */
  startDaemon(): Promise<DaemonInside>;
  remove(): Promise<void>;
}

/** A daemon inside a private host, with one instance that boots the test guest. */
export async function runningGuest(host: PrivateHost, name: string): Promise<RunningGuest> {
  const pool = `protium-${name}`;
  const directory = `/var/lib/libvirt/images/${pool}`;
  const virsh = (...args: string[]) =>
    host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false });
  const disk = randomUUID();
  await virsh('pool-define-as', pool, 'dir', '--target', directory);
  await virsh('pool-build', pool);
  await cp((await guestImage()).disk, path.join(host.directory, 'lib/images', pool, `${disk}.qcow2`));
  await virsh('pool-start', pool);
  const workspace = await createWorkspace();
  const startDaemon = async (): Promise<DaemonInside> => {
    const started = await startDaemonInside(host, workspace, {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: directory,
    });
    // The host is read once libvirt is.
    await vi.waitFor(async () => {
      expect((await started.call('GET', '/v1/host')).status).toBe(200);
    }, 30_000);
    return started;
  };
  const daemon = await startDaemon();
  const config = { slots: 1, ramsize: 256, allowSMT: true, overprovision: 10, volumes: [{ vid: disk }] };
  const begun = await daemon.call('POST', '/v1/instances', { name, config });
  expect(begun.body).toMatchObject({ uuid: expect.any(String) as unknown });
  const waited = await daemon.call('GET', `${String(begun.headers.location)}/wait?timeoutSeconds=100`);
  expect(waited.body).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED' } });
  const log = path.join(host.directory, `log/qemu/${String(begun.body['uuid'])}-serial0.log`);
  await waitForSerial(log, /READY .*\r\n/, 100_000);
  return {
    name,
    uuid: String(begun.body['uuid']),
    log,
    workspace,
    daemon,
    startDaemon,
    async remove() {
      await virsh('destroy', name);
      await virsh('undefine', '--nvram', name);
      await virsh('net-destroy', 'default');
      await virsh('pool-destroy', pool);
      await virsh('pool-undefine', pool);
      await workspace.remove();
    },
  };
}
