import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { bootMedium } from '../guest/boot-medium.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const name = 'QEmu-alpine-standard-x86_64';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
  });
});

afterAll(async () => {
  await daemon.end();
  for (const command of [
    ['destroy', name],
    ['undefine', name],
    ['pool-destroy', 'virtimages'],
  ]) {
    await host.run('virsh', ['-q', '-c', 'qemu:///system', ...command], { reject: false });
  }
  await workspace.remove();
});

it('the VM of the templates boots the medium that was put into iso/, and is heard on its serial console', async () => {
  // First without the medium, as in a fresh clone; then it is put there and the VM is started again.
  expect((await call(daemon, 'POST', '/domain', {})).status).toBe(200);
  await host.run('virsh', ['-q', '-c', 'qemu:///system', 'destroy', name]);
  await bootMedium(path.join(workspace.directory, 'iso/alpine-standard-3.17.2-x86_64.iso'));
  expect((await call(daemon, 'POST', '/domain', {})).status).toBe(200);

  const log = path.join(host.directory, 'log/qemu', `${name}-console.log`);
  await waitForSerial(log, 'ISOLINUX', 60_000);
  await waitForSerial(log, 'PROTIUM-GUEST READY', 90_000);

  const client = createRpcClient({ uri: host.uri });
  try {
    const console = await client.domains.openConsole(await client.domains.lookupByName(name), {
      force: true,
    });
    console.write('\n');
    await waitForSerial(console, 'login:', 30_000);
    console.destroy();
  } finally {
    await client.close();
  }
});
