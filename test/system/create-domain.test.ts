import { chmod, cp, readFile, readdir, writeFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';

const name = 'QEmu-alpine-standard-x86_64';
const documents = { pool: 'xml/pool.xml', volume: 'xml/vol.xml', domain: 'xml/dom.xml' };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const post = (body: object = documents) => call(daemon, 'POST', '/domain', body);
const domains = async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean);
const pools = async () =>
  (await virsh('pool-list', '--all', '--name'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const target = path.join(workspace.directory, file);
  const text = await readFile(target, 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  await writeFile(target, edited);
}

/** Everything away that a test may have left, so that each begins on a fresh host. */
async function clean(): Promise<void> {
  for (const domain of await domains()) {
    await virsh('destroy', domain);
    await virsh('undefine', domain, '--nvram', '--managed-save', '--snapshots-metadata');
  }
  for (const pool of await pools()) {
    await virsh('pool-destroy', pool);
    await virsh('pool-undefine', pool);
  }
  await virsh('net-destroy', 'default');
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
});

beforeAll(async () => {
  workspace = await createWorkspace();
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
  });
});

afterEach(async () => {
  await clean();
  await rm(path.join(workspace.directory, 'img'), { recursive: true, force: true });
  const fresh = await createWorkspace();
  await rm(path.join(workspace.directory, 'xml'), { recursive: true });
  await mkdir(path.join(workspace.directory, 'img'));
  await mkdir(path.join(workspace.directory, 'xml'));
  for (const file of await readdir(path.join(fresh.directory, 'xml'))) {
    await writeFile(
      path.join(workspace.directory, 'xml', file),
      await readFile(path.join(fresh.directory, 'xml', file)),
    );
  }
  await fresh.remove();
});

afterAll(async () => {
  await daemon.end();
  await workspace.remove();
});

describe('POST /domain from a fresh clone', () => {
  it('boots the VM of the templates and says that it is emulated', async () => {
    const answer = await post();
    expect(answer.text).toBe(`{"name":"${name}"}\n`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('protium-notice')).toContain('kvm');
    expect(await virsh('domstate', name)).toBe('running');
    expect(await virsh('vol-list', 'virtimages')).toContain('boot.img');
    expect(await virsh('net-info', 'default')).toMatch(/Active:\s+yes/);

    const again = await post({});
    expect(again).toMatchObject({ status: 200, text: `{"name":"${name}"}\n` });
    const list = (await call(daemon, 'GET', '/v1/domains')).body['domains'] as {
      name: string;
      state: string;
    }[];
    expect(list).toMatchObject([{ name, state: 'running' }]);
  });

  it('serves many at once with one creation', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await virsh('domstate', name)).toBe('running');
  });
});

describe('documents as the original manager shipped them', () => {
  it('boot with it, and again', async () => {
    for (const file of ['pool', 'vol', 'dom']) {
      await cp(
        path.join(import.meta.dirname, `documents/seed-${file}.xml`),
        path.join(workspace.directory, `xml/${file}.xml`),
      );
    }
    const missing = await post();
    expect(missing.status).toBe(400);
    expect(JSON.stringify(missing.body['details'])).toContain('alpine-standard');

    await writeFile(
      path.join(workspace.directory, 'iso/alpine-standard-3.17.2-x86_64.iso'),
      Buffer.alloc(2048),
    );
    try {
      expect(await post({})).toMatchObject({ status: 200, text: `{"name":"${name}"}\n` });
      expect(await virsh('domstate', name)).toBe('running');
      expect((await post()).status).toBe(200);
    } finally {
      await rm(path.join(workspace.directory, 'iso/alpine-standard-3.17.2-x86_64.iso'));
    }
  });
});

describe('POST /domain again', () => {
  it('starts what was stopped, resumes what was paused, and keeps what was changed beside it', async () => {
    await post();
    await virsh('destroy', name);
    await virsh('desc', name, '--config', '--title', 'changed beside');
    expect((await post()).status).toBe(200);
    expect(await virsh('domstate', name)).toBe('running');
    expect(await virsh('desc', name, '--title')).toBe('changed beside');

    await virsh('suspend', name);
    expect((await post()).status).toBe(200);
    expect(await virsh('domstate', name)).toBe('running');
  });

  it('refuses to change the definition of a running VM, and changes it once it is off', async () => {
    await post();
    await edit('xml/dom.xml', /<memory unit=(['"])MiB\1>\d+</, "<memory unit='MiB'>640<");
    const refused = await post();
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'definition-conflict' });
    expect(JSON.stringify(refused.body['details'])).toContain('memory');

    await virsh('destroy', name);
    expect((await post()).status).toBe(200);
    expect(await virsh('dumpxml', name)).toContain("<memory unit='KiB'>655360</memory>");
  });

  it('goes back to the current snapshot after a fresh start', async () => {
    await post();
    await virsh('destroy', name);
    await virsh('snapshot-create-as', name, 'clean');
    expect(await virsh('snapshot-current', '--name', name)).toBe('clean');
    expect((await post()).status).toBe(200);
    expect(await virsh('domstate', name)).toBe('running');
  });

  it('accepts a running domain that something else made, if it is the same', async () => {
    await post();
    const xml = await virsh('dumpxml', '--inactive', name);
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram');
    const file = path.join(workspace.directory, 'img/foreign.xml');
    await writeFile(file, xml.replace(/<protium:origin[^>]*\/>/, ''));
    await virsh('define', file);
    await virsh('start', name);
    expect(await post()).toMatchObject({ status: 200 });
    expect(await virsh('dumpxml', name)).not.toContain('protium:origin');
  });
});

describe('a POST /domain that cannot succeed leaves nothing behind', () => {
  const nothing = async () => {
    expect(await domains()).toEqual([]);
    expect(await pools()).toEqual([]);
    expect(await readdir(path.join(workspace.directory, 'img')).catch(() => [])).toEqual([]);
    expect(await virsh('net-info', 'default')).toMatch(/Active:\s+no/);
  };

  it.each([
    ['a document that is missing', { pool: 'xml/none.xml' }, 404, 'file-not-found'],
    ['a document that is a directory', { volume: 'xml' }, 404, 'file-not-found'],
    ['a document elsewhere', { domain: '/etc/libvirt/qemu/networks/default.xml' }, 403, 'path-forbidden'],
    ['swapped documents', { pool: 'xml/dom.xml', domain: 'xml/pool.xml' }, 400, 'document-malformed'],
  ])('%s', async (_title, change, status, code) => {
    const answer = await post({ ...documents, ...change });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code });
    await nothing();
  });

  it.each([
    ['xml/dom.xml', /^[^]*$/, 'not xml', 'document-malformed'],
    ['xml/dom.xml', /^[^]*?<domain/, '<!DOCTYPE domain [<!ENTITY a "b">]><domain', 'document-malformed'],
    ['xml/dom.xml', '<devices>', '<devices><nonsense/>', 'document-refused'],
    ['xml/dom.xml', '<devices>', '<devices><emulator>/nowhere/qemu</emulator>', 'libvirt-failed'],
    ['xml/dom.xml', /network=(['"])default\1/, "network='nowhere'", 'not-found'],
    ['xml/dom.xml', /<name>[^<]*<\/name>/, '', 'document-malformed'],
    ['xml/vol.xml', /<name>[^<]*</, '<name>../../escape<', 'argument-invalid'],
    ['xml/vol.xml', /<format type=(['"])qcow2\1/, "<format type='nonsense'", 'document-refused'],
    ['xml/pool.xml', /<path>[^<]*</, '<path>/proc/none/deep<', 'libvirt-failed'],
  ])('%s with %s → %s', async (file, from, to, code) => {
    await edit(file, from, to);
    const answer = await post();
    expect(answer.body).toMatchObject({ code, status: 400 });
    expect(answer.status).toBe(400);
    await nothing();
  });

  it('a start that fails', async () => {
    await edit(
      'xml/dom.xml',
      '</devices>',
      "<disk type='file' device='disk'><source file='./img/none.img'/><target dev='vdz' bus='virtio'/></disk></devices>",
    );
    const answer = await post();
    expect(answer.status).toBe(400);
    expect((answer.body['details'] as Record<string, unknown>)['libvirtMessage']).toContain('none.img');
    await nothing();
  });

  it('a directory that QEMU may not enter, which the answer names', async () => {
    await chmod(workspace.directory, 0o700);
    try {
      const answer = await post();
      expect(answer.body).toMatchObject({ status: 400, details: { closedDirectory: workspace.directory } });
      await nothing();
    } finally {
      await chmod(workspace.directory, 0o755);
    }
  });

  it('a name or uuid that another domain has', async () => {
    await post();
    await virsh('destroy', name);
    await edit('xml/dom.xml', /<uuid>[^<]*</, '<uuid>11111111-2222-3333-4444-555555555555<');
    expect((await post()).body).toMatchObject({ code: 'already-exists' });
    await edit('xml/dom.xml', /<name>[^<]*</, '<name>other<');
    await edit('xml/dom.xml', /<uuid>[^<]*</, `<uuid>${await virsh('domuuid', name)}<`);
    expect((await post()).body).toMatchObject({ code: 'already-exists' });
    expect(await domains()).toEqual([name]);
    expect(await virsh('domstate', name)).toBe('shut off');
  });

  it('a full disk, and a disk that may not be written', async () => {
    const img = path.join(workspace.directory, 'img');
    for (const [options, code] of [
      ['size=16k', 'storage-full'],
      // libvirt tells this apart in the text of a failed qemu-img only.
      ['ro,size=1m', 'libvirt-failed'],
    ] as const) {
      await host.run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', img]);
      try {
        const answer = await post();
        expect(answer.body).toMatchObject({ code, status: 400 });
      } finally {
        await clean();
        await host.run('umount', [img]);
      }
    }
    await nothing();
  });
});

describe('a pool', () => {
  it('of that directory is reused, whatever its name', async () => {
    await virsh('pool-create-as', 'images-of-mine', 'dir', '--target', path.join(workspace.directory, 'img'));
    expect((await post()).status).toBe(200);
    expect(await pools()).toEqual(['images-of-mine']);
    expect(await virsh('vol-list', 'images-of-mine')).toContain('boot.img');
  });

  it('of that name elsewhere is not', async () => {
    await virsh('pool-create-as', 'virtimages', 'dir', '--target', '/tmp');
    expect((await post()).body).toMatchObject({ code: 'already-exists' });
    expect(await domains()).toEqual([]);
  });

  it('that is inactive is activated; one whose directory is missing is made', async () => {
    const img = path.join(workspace.directory, 'img');
    await virsh('pool-define-as', 'virtimages', 'dir', '--target', img);
    expect((await post()).status).toBe(200);
    await clean();
    await rm(img, { recursive: true });
    expect((await post()).status).toBe(200);
  });
});
