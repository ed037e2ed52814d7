import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defineDomain } from '../../../internal/instances/from-documents/define-step.ts';
import type { CreateFromDocuments } from '../../../internal/instances/from-documents/shape.ts';
import { startDomain } from '../../../internal/instances/from-documents/start-step.ts';
import { createVolumes } from '../../../internal/instances/register/storage-steps.ts';
import type { RegisterInstance } from '../../../internal/instances/register/shape.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { LibvirtConnectionError, LibvirtError } from '../../../internal/libvirt/error.ts';
import { StepWithoutEffect, type StepRun } from '../../../internal/operations/definition.ts';

const domain = { name: 'vm', uuid: '11111111-2222-3333-4444-555555555555', id: null };

const run = {
  input: {
    domain: {
      name: 'vm',
      digest: 'ours',
      xml: '<domain type="qemu"><name>vm</name><memory>1</memory></domain>',
    },
  },
  data: () => ({ uuid: domain.uuid }),
} as unknown as StepRun<CreateFromDocuments>;

/** A libvirt that has the domain, made from a document of this digest, and that fails every start with `error`. */
function libvirt(digest: string | null, error: Error) {
  const calls: string[] = [];
  const client = {
    domains: {
      lookupByName: () => Promise.resolve(domain),
      metadata: () =>
        digest === null
          ? Promise.reject(
              new LibvirtError({ code: 80, domain: 20, level: 2, message: 'none', call: 'domains.metadata' }),
            )
          : Promise.resolve(
              `<protium:origin xmlns:protium="https://protium.dev/xmlns/domain/1.0" sha256="${digest}"/>`,
            ),
      create: () => Promise.reject(error),
      define: () => Promise.resolve(calls.push('define')),
      undefine: () => Promise.resolve(calls.push('undefine')),
    },
    host: {
      capabilities: () =>
        Promise.resolve('<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>'),
    },
  } as unknown as LibvirtClient;
  return { client, calls };
}

const refused = new LibvirtError({
  code: 55,
  domain: 10,
  level: 2,
  message: 'already running',
  call: 'domains.create',
});

describe('an undo takes back only what its own step made', () => {
  it('a start that libvirt refused is not ours: whoever runs the domain keeps it', async () => {
    const { client } = libvirt('ours', refused);
    await expect(startDomain(client).do(run, { action: 'create' })).rejects.toBeInstanceOf(StepWithoutEffect);
  });

  it('a start whose answer was lost may have happened', async () => {
    const lost = new LibvirtConnectionError('gone');
    await expect(startDomain(libvirt('ours', lost).client).do(run, { action: 'create' })).rejects.toBe(lost);
  });

  it.each([
    ['ours', null, ['undefine']],
    ['ours', '<domain/>', ['define']],
    ['another', null, []],
    ['another', '<domain/>', []],
    [null, null, []],
  ])('a domain of the digest %s, before it %s: %j', async (digest, previousXml, expected) => {
    const { client, calls } = libvirt(digest, refused);
    await defineDomain(client, '/nonexistent').undo?.(run, { action: 'define', previousXml, hadLog: false });
    expect(calls).toEqual(expected);
  });

  it.each([
    [false, 'ours', ['other.log']],
    [true, 'ours', ['other.log', 'vm.log']],
    [false, 'another', ['other.log', 'vm.log']],
  ])('the log of a domain goes with it; there before: %s, the digest %s', async (hadLog, digest, left) => {
    const root = await mkdtemp(path.join(tmpdir(), 'protium-undo-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const logs = path.join(root, 'var/log/libvirt/qemu');
    await mkdir(logs, { recursive: true });
    for (const name of ['vm.log', 'other.log']) await writeFile(path.join(logs, name), '');
    const { client } = libvirt(digest, refused);
    await defineDomain(client, root).undo?.(run, { action: 'define', previousXml: null, hadLog });
    expect((await readdir(logs)).sort()).toEqual(left);
  });
});

describe('the volumes of a VM that is not made after all', () => {
  const volume = { action: 'create', pool: 'p', name: 'v.qcow2' };
  const registering = { input: { volumes: [volume] } } as unknown as StepRun<RegisterInstance>;
  const undo = async (lookupByName: () => Promise<unknown>): Promise<readonly string[]> => {
    const deleted: string[] = [];
    const client = {
      pools: { lookupByName: () => Promise.resolve({ name: 'p' }) },
      volumes: { lookupByName, delete: ({ name }: { name: string }) => Promise.resolve(deleted.push(name)) },
    } as unknown as LibvirtClient;
    await createVolumes(client).undo?.(registering, {});
    return deleted;
  };

  it('are deleted, and those that were not made are no trouble', async () => {
    expect(await undo(() => Promise.resolve({ name: 'v.qcow2' }))).toEqual(['v.qcow2']);
    const absent = new LibvirtError({
      code: 50,
      domain: 18,
      level: 2,
      message: 'none',
      call: 'volumes.lookupByName',
    });
    expect(await undo(() => Promise.reject(absent))).toEqual([]);
  });

  it('are not given up where libvirt does not tell: the undo fails, and is tried again', async () => {
    const away = new LibvirtConnectionError('libvirtd is gone');
    await expect(undo(() => Promise.reject(away))).rejects.toBe(away);
  });
});
