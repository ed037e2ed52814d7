import { createHash } from 'node:crypto';
import { appendFile, open, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { inspectFile } from '../../../internal/images/inspect/inspect-file.ts';
import type { SourceFormat } from '../../../internal/images/inspect/source-format.ts';
import { temporaryDirectory } from '../store/state.ts';

const mebibyte = 2 ** 20;
/** Several programs are run in each test. */
vi.setConfig({ testTimeout: 30_000 });

/** A directory with a file `content` made by qemu-img. */
async function image(...args: readonly string[]): Promise<string> {
  const directory = temporaryDirectory();
  await execa(
    'qemu-img',
    ['create', '-q', ...args.map((arg) => arg.replace('FILE', path.join(directory, 'content')))],
    {
      cwd: directory,
    },
  );
  return directory;
}

async function inspected(
  directory: string,
  said: SourceFormat | null = null,
  limits: { maxBytes?: number; maxVirtualBytes?: number } = {},
) {
  const content = await readFile(path.join(directory, 'content'));
  return inspectFile(directory, 'content', {
    said,
    sha256: createHash('sha256').update(content).digest('hex'),
    maxBytes: 64 * mebibyte,
    maxVirtualBytes: 2 ** 40,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...limits,
  });
}

async function fileWith(content: Buffer | string): Promise<string> {
  const directory = temporaryDirectory();
  await writeFile(path.join(directory, 'content'), content);
  return directory;
}

/** A disk with a boot sector's mark. */
function bootSector(size: number): Buffer {
  const disk = Buffer.alloc(size, 'x');
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

async function patch(directory: string, offset: number, bytes: readonly number[]): Promise<void> {
  const handle = await open(path.join(directory, 'content'), 'r+');
  await handle.write(Buffer.from(bytes), 0, bytes.length, offset);
  await handle.close();
}

const refusal = (reason: string) => ({ code: 'image-refused', details: { reason } });

describe('is taken', () => {
  it('qcow2, as it is', async () => {
    const directory = await image('-f', 'qcow2', 'FILE', '1G');
    const content = await readFile(path.join(directory, 'content'));
    expect(await inspected(directory)).toEqual({
      file: 'content',
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      format: 'qcow2',
      sizeBytes: content.length,
      virtualSizeBytes: 2 ** 30,
    });
    expect(await inspected(directory, 'qcow2')).toMatchObject({ format: 'qcow2' });
    expect(await inspected(await image('-f', 'qcow2', '-o', 'compat=0.10', 'FILE', '1M'))).toMatchObject({
      format: 'qcow2',
    });
  });

  it('a raw disk by its boot sector, or because it is said to be one', async () => {
    expect(await inspected(await fileWith(bootSector(mebibyte)))).toMatchObject({
      format: 'raw',
      virtualSizeBytes: mebibyte,
    });
    expect(await inspected(await fileWith(Buffer.alloc(mebibyte)), 'raw')).toMatchObject({ format: 'raw' });
    const cd = Buffer.alloc(100_000);
    cd.write('CD001', 0x8001);
    expect(await inspected(await fileWith(cd))).toMatchObject({ format: 'raw' });
  });

  it.each([
    ['vmdk', []],
    ['vmdk', ['-o', 'subformat=streamOptimized']],
    ['vdi', []],
    ['vhdx', []],
    ['vpc', []],
    ['vpc', ['-o', 'subformat=fixed']],
  ] as const)('%s %j, converted to qcow2', async (format, options) => {
    const result = await inspected(await image('-f', format, ...options, 'FILE', '8M'), format);
    expect(result).toMatchObject({ file: 'converted', format: 'qcow2' });
    expect(result.virtualSizeBytes).toBeGreaterThanOrEqual(8 * mebibyte);
  });

  it.each([
    ['gzip', ['-k']],
    ['xz', ['-k', '-0']],
    ['zstd', ['-q']],
  ])('what is packed by %s', async (program, options) => {
    const disk = bootSector(2 * mebibyte);
    const directory = await fileWith(disk);
    const file = path.join(directory, 'content');
    const { stdout } = await execa(program, [...options, '-c', file], { encoding: 'buffer' });
    await writeFile(file, stdout);
    expect(await inspected(directory)).toEqual({
      file: 'unpacked',
      digest: `sha256:${createHash('sha256').update(disk).digest('hex')}`,
      format: 'raw',
      sizeBytes: disk.length,
      virtualSizeBytes: disk.length,
    });
  });
});

describe('is refused', () => {
  it('a backing file, without being looked at', async () => {
    const directory = await image('-u', '-f', 'qcow2', '-b', '/etc/shadow', '-F', 'raw', 'FILE', '1M');
    await expect(inspected(directory)).rejects.toMatchObject(refusal('backing-file'));
    const json = 'json:{"driver":"nbd","host":"127.0.0.1","port":"1"}';
    const remote = await image('-u', '-f', 'qcow2', '-b', json, '-F', 'raw', 'FILE', '1M');
    await expect(inspected(remote)).rejects.toMatchObject(refusal('backing-file'));
  });

  it('a vmdk with a parent', async () => {
    const directory = temporaryDirectory();
    const parent = path.join(directory, 'parent.vmdk');
    const content = path.join(directory, 'content');
    await execa('qemu-img', ['create', '-q', '-f', 'vmdk', parent, '1M']);
    await execa('qemu-img', ['create', '-q', '-f', 'vmdk', '-b', parent, '-F', 'vmdk', content]);
    await expect(inspected(directory)).rejects.toMatchObject(refusal('backing-file'));
  });

  it('content in other files', async () => {
    const qcow2 = await image('-f', 'qcow2', '-o', 'data_file=data,data_file_raw=on', 'FILE', '1M');
    await expect(inspected(qcow2)).rejects.toMatchObject(refusal('external-data'));
    const vmdk = '# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "/etc/shadow" 0\n';
    await expect(inspected(await fileWith(vmdk))).rejects.toMatchObject(refusal('format-unsupported'));
    await expect(inspected(await fileWith(vmdk), 'vmdk')).rejects.toMatchObject(
      refusal('format-unsupported'),
    );
    // The same, hidden in a sparse file that is nothing but its description.
    const hidden = Buffer.alloc(mebibyte);
    hidden.write('KDMV');
    hidden.writeUInt32LE(1, 4);
    hidden.writeBigUInt64LE(1n, 28);
    hidden.write(vmdk, 512);
    await expect(inspected(await fileWith(hidden))).rejects.toMatchObject(refusal('external-data'));
  });

  it('encryption', async () => {
    const luks = await image(
      '--object',
      'secret,id=s,data=x',
      '-f',
      'qcow2',
      '-o',
      'encrypt.format=aes,encrypt.key-secret=s',
      'FILE',
      '1M',
    );
    await expect(inspected(luks)).rejects.toMatchObject(refusal('encrypted'));
    await expect(inspected(await fileWith('LUKS\xba\xbe'))).rejects.toMatchObject({ code: 'image-refused' });
  });

  it('a format that is not the one that was said', async () => {
    const qcow2 = await image('-f', 'qcow2', 'FILE', '1M');
    for (const said of ['raw', 'vmdk', 'vpc'] as const) {
      await expect(inspected(qcow2, said)).rejects.toMatchObject(refusal('format-differs'));
    }
    await expect(inspected(await fileWith(bootSector(mebibyte)), 'qcow2')).rejects.toMatchObject(
      refusal('format-differs'),
    );
  });

  it('what is no image at all', async () => {
    await expect(inspected(await fileWith('<!DOCTYPE html><html>Not found</html>'))).rejects.toMatchObject(
      refusal('format-unknown'),
    );
    await expect(inspected(await fileWith(''))).rejects.toMatchObject(refusal('format-unknown'));
    await expect(inspected(await fileWith(''), 'raw')).rejects.toMatchObject(refusal('malformed'));
    await expect(inspected(await fileWith('PK\x03\x04'))).rejects.toMatchObject(
      refusal('format-unsupported'),
    );
  });

  it('a disk larger than allowed', async () => {
    const directory = await image('-f', 'qcow2', 'FILE', '2T');
    await expect(inspected(directory)).rejects.toMatchObject(refusal('virtual-size'));
    const enormous = await image('-f', 'qcow2', 'FILE', '1M');
    await patch(enormous, 24, [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0]);
    await expect(inspected(enormous)).rejects.toMatchObject({ code: 'image-refused' });
  });

  it('a damaged header', async () => {
    const corrupt = await image('-f', 'qcow2', 'FILE', '1M');
    await patch(corrupt, 79, [2]);
    await expect(inspected(corrupt)).rejects.toMatchObject(refusal('malformed'));
    const version = await image('-f', 'qcow2', 'FILE', '1M');
    await patch(version, 4, [0, 0, 0, 9]);
    await expect(inspected(version)).rejects.toMatchObject(refusal('malformed'));
    const short = await image('-f', 'qcow2', 'FILE', '1M');
    await truncate(path.join(short, 'content'), 60);
    await expect(inspected(short)).rejects.toMatchObject(refusal('malformed'));
  });

  it('what grows beyond the limit when it is unpacked or converted', async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, 'content');
    await writeFile(file, bootSector(512));
    await truncate(file, 5 * mebibyte);
    const { stdout } = await execa('gzip', ['-1', '-c', file], { encoding: 'buffer' });
    await writeFile(file, stdout);
    await expect(inspected(directory, null, { maxBytes: 4 * mebibyte })).rejects.toMatchObject({
      code: 'image-too-large',
    });
    await expect(
      inspected(await image('-f', 'vdi', 'FILE', '8M'), null, { maxBytes: 10_000 }),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^image-/) as string,
    });
  });

  it('what is packed twice, or cut off', async () => {
    const directory = await fileWith(bootSector(mebibyte));
    const file = path.join(directory, 'content');
    const pack = async () =>
      writeFile(file, (await execa('gzip', ['-c', file], { encoding: 'buffer' })).stdout);
    await pack();
    const once = await readFile(file);
    await pack();
    await expect(inspected(directory)).rejects.toMatchObject(refusal('compressed-twice'));
    await writeFile(file, once.subarray(0, once.length / 2));
    await expect(inspected(directory)).rejects.toMatchObject({ code: expect.any(String) as string });
    await appendFile(file, 'x');
  });
});
