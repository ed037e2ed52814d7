import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost } from '../host/private-host.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const documents = { pool: 'xml/pool.xml', volume: 'xml/guest-vol.xml', domain: 'xml/guest.xml' };
const name = 'protium-guest';
const bootMs = 100_000;

let client: LibvirtClient;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let base: string;
let serialLog: string;

const checksum = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

beforeAll(async () => {
  const host = await privateHost(await hostOfWorker());
  client = createRpcClient({ uri: host.uri });
  serialLog = path.join(host.directory, 'log/qemu/protium-guest-console.log');
  workspace = await createWorkspace();
  base = path.join(workspace.directory, 'img/protium-guest.qcow2');
  await copyFile((await guestImage()).disk, base);
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
  });
});

afterAll(async () => {
  await daemon.end();
  const domain = await client.domains.lookupByName(name);
  if (domain.id !== null) await client.domains.destroy(domain);
  await client.domains.undefine(domain);
  await client.pools.destroy(await client.pools.lookupByName('virtimages'));
  await client.networks.destroy(await client.networks.lookupByName('default'));
  await client.close();
  await workspace.remove();
});

describe('POST /domain with the templates of the test guest', () => {
  it('shows a login prompt, and the VM finds its data again after it was off, above an image that stays as built', async () => {
    const built = await checksum(base);
    const start = await call(daemon, 'POST', '/domain', documents);
    expect(start).toMatchObject({ status: 200, text: `{"name":"${name}"}\n` });
    const firstBoot = await waitForSerial(serialLog, 'protium-guest login: ', bootMs);
    expect(firstBoot).toContain(' data=/dev/vda2 ');

    const domain = await client.domains.lookupByName(name);
    await client.domains.shutdown(domain, { mode: 'acpi' });
    const state = async () => (await client.domains.state(domain)).state;
    await expect.poll(state, { timeout: 30_000 }).toBe('shutoff');
    expect((await call(daemon, 'POST', '/domain', documents)).status).toBe(200);
    const bothBoots = await waitForSerial(serialLog, /STOP poweroff[^]*login: /, bootMs);
    // The guest keeps its host key on /data.
    const keys = bothBoots.match(/HOSTKEY \S+ \S+/g);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(await checksum(base)).toBe(built);
  });
});
