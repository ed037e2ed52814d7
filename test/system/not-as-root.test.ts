import { chown } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost, type PrivateProcess } from '../host/private-host.ts';
import { createWorkspace, daemonProgram, type Workspace } from './daemon.ts';

/** nobody, who may use libvirt by the socket's group alone, as protium.service has it. */
const user = 65_534;
const group = 'libvirt';

let host: PrivateHost;
let workspace: Workspace;
let daemon: PrivateProcess;

const asUser = (groups: readonly string[], ...command: readonly string[]): readonly string[] => [
  `--reuid=${user}`,
  `--regid=${user}`,
  ...(groups.length > 0 ? [`--groups=${groups.join(',')}`] : ['--clear-groups']),
  '--no-new-privs',
  '--bounding-set=-all',
  ...command,
];
const curl = async (...args: readonly string[]) => {
  const { stdout } = await host.run('curl', ['-sS', ...args], { reject: false });
  return JSON.parse(stdout) as Record<string, unknown>;
};

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  await chown(path.dirname(workspace.stateDirectory), user, user);
  await host.run('chgrp', [group, '/run/libvirt/libvirt-sock']);
  await host.run('chmod', ['660', '/run/libvirt/libvirt-sock']);
  daemon = host.spawn('setpriv', asUser([group], process.execPath, daemonProgram), {
    cwd: workspace.directory,
    env: {
      PROTIUM_STATE_DIRECTORY: workspace.stateDirectory,
      PROTIUM_LOG_FORMAT: 'json',
      PROTIUM_STORAGE_POOL: 'unprivileged',
      PROTIUM_STORAGE_DIRECTORY: '/var/lib/libvirt/images/unprivileged',
    },
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: daemon.stdout }).on('line', (line) => {
      if (line.includes('"Protium serves"')) resolve();
    });
    void daemon.end.then(({ stderr }) => reject(new Error(`the daemon ended: ${stderr}`)));
  });
});

afterAll(async () => {
  await daemon.kill('SIGTERM');
  await daemon.end;
  await host.run('chmod', ['777', '/run/libvirt/libvirt-sock']);
  await host.run('virsh', ['-c', 'qemu:///system', 'pool-destroy', 'unprivileged'], { reject: false });
  await host.run('virsh', ['-c', 'qemu:///system', 'pool-undefine', 'unprivileged'], { reject: false });
  await workspace.remove();
});

it('the group of the socket is what lets it in', async () => {
  const list = ['virsh', '-c', 'qemu:///system', 'list'];
  expect(await host.run('setpriv', asUser([], ...list), { reject: false })).not.toMatchObject({
    exitCode: 0,
  });
  expect(await host.run('setpriv', asUser([group], ...list), { reject: false })).toMatchObject({
    exitCode: 0,
  });
});

it('makes an instance, starts and deletes it without being root', async () => {
  const json = ['-H', 'Content-Type: application/json'];
  const config = {
    slots: 1,
    ramsize: 128,
    overprovision: 10,
    has_network: false,
    volumes: [{ size_gb: 0.1 }],
  };
  const ended = async (begun: Record<string, unknown>) => {
    const { id } = begun['operation'] as { readonly id: string };
    const waited = await curl(`localhost:9021/v1/operations/${id}/wait?timeoutSeconds=100`);
    return waited['operation'];
  };
  const at = 'localhost:9021/v1/instances';
  const succeeded = { state: 'OPERATION_STATE_SUCCEEDED' };
  const made = await curl(...json, '-d', JSON.stringify({ name: 'unprivileged', config }), at);
  expect(await ended(made)).toMatchObject(succeeded);
  const gone = await ended(await curl('-X', 'DELETE', `${at}/unprivileged`));
  expect(gone, JSON.stringify(gone)).toMatchObject(succeeded);
});
