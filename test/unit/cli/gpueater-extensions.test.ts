import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { destinationOf } from '../../../cmd/protium/gpueater/connection.ts';
import { extensions } from '../../../cmd/protium/gpueater/extensions/all.ts';
import { readFields } from '../../../cmd/protium/gpueater/fields.ts';
import { expendable, remoteLine } from '../../../cmd/protium/gpueater/remote-command.ts';
import { getBatch, putBatch } from '../../../cmd/protium/gpueater/synchronize/batch.ts';
import { differences } from '../../../cmd/protium/gpueater/synchronize/differences.ts';
import { localManifest } from '../../../cmd/protium/gpueater/synchronize/local-manifest.ts';
import { readManifest, type Manifest } from '../../../cmd/protium/gpueater/synchronize/manifest.ts';
import { Failure } from '../../../cmd/protium/failure.ts';

const usage = expect.objectContaining({ exit: 'usage' }) as unknown as Error;

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'protium-extensions-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

describe('fields', () => {
  it('are KEY=VALUE, each once', () => {
    const fields = readFields(['src=a=b', 'dst=', 'recursive=True', 'port=9999']);
    expect(fields.text('source', 'src')).toBe('a=b');
    expect(fields.optional('dst')).toBeNull();
    expect(fields.flag('recursive')).toBe(true);
    expect(fields.flag('delete')).toBe(false);
    expect(fields.port('sshd_port', 'port')).toBe(9999);
    expect(() => fields.text('dst')).toThrow(usage);
  });
  it.each([[['src']], [['=x']], [['a b=c']], [['src=a', 'src=b']]])('%j is refused', (words) => {
    expect(() => readFields(words)).toThrow(usage);
  });
  it.each(['0', '65536', 'x', '1e3', '-1'])('the port %s is refused', (port) => {
    expect(() => readFields([`port=${port}`]).port('port')).toThrow(usage);
  });
  it('say where, as those of GPUEater do', () => {
    const where = (...words: string[]) => destinationOf(null, readFields(words));
    process.env['HOME'] ??= '/root';
    expect(
      where('ipv4=10.0.0.2', 'sshd_user=root', 'sshd_port=2222', 'port=9999', 'ssh_key_file_name=my-key'),
    ).toEqual({
      instance: null,
      address: '10.0.0.2',
      user: 'root',
      // open_port leaves its own port in the form.
      port: 2222,
      identities: [path.join(process.env['HOME'], '.ssh/my-key.pem')],
      knownHosts: null,
    });
    expect(where('host=guest.example', 'user=me', 'port=23', 'private_key_file=k')).toMatchObject({
      address: 'guest.example',
      port: 23,
      identities: ['k'],
    });
    expect(where('instance_id=u', 'ipv4=10.0.0.2')).toMatchObject({ instance: 'u', address: '10.0.0.2' });
  });
  it.each([
    [],
    ['user=root'],
    ['host=-oProxyCommand=x'],
    ['host=a b'],
    ['host=a', 'ssh_key_file_name=../x'],
    ['host=a', 'private_key=-----BEGIN'],
  ])('that do not say where, or say it as an option of ssh, are refused: %s', (...words) => {
    expect(() => destinationOf(null, readFields(words))).toThrow(usage);
  });
});

describe('what a guest is told', () => {
  it('is taken by its shell as it is meant', async () => {
    const home = await directory();
    const names = ['a b', "it's", '$HOME', '-x', '*', '`id`', 'a\nb', '"'];
    const line = remoteLine(['printf', '%s|', ...names.map((name) => ({ path: name }))]);
    const { stdout } = await execa('sh', ['-c', line]);
    expect(stdout).toBe(`${names.join('|')}|`);
    const inHome = await execa('sh', ['-c', remoteLine(['printf', '%s', { path: '~/a b' }])], {
      env: { HOME: home },
    });
    expect(inHome.stdout).toBe(`${home}/a b`);
  });
  it.each(['/', '//', '', '.', './', '/..', '/../..', '~', '~/'])('%j is not deleted', (all) => {
    expect(() => expendable(all)).toThrow(usage);
  });
  it.each(['/tmp', 'a', '~/a', '../a'])('%j may be', (some) => {
    expect(expendable(some)).toBe(some);
  });
  it.each(
    extensions.filter(({ name }) => name !== 'login_instance').map((each) => [each.name, each] as const),
  )('%s needs its fields before it connects', (_name, extension) => {
    expect(() => extension.prepare(readFields([]))).toThrow(usage);
  });
  it.each(['copy_file', 'synchronize_files'])('%s puts or gets', (name) => {
    const extension = extensions.find((each) => each.name === name);
    expect(() => extension?.prepare(readFields(['action=steal', 'src=a', 'dst=b']))).toThrow(
      /Invalid action/,
    );
  });
});

const manifest = (
  directories: string[],
  files: Record<string, [number, number]>,
  others: string[] = [],
): Manifest => ({
  directories: new Set(directories),
  files: new Map(Object.entries(files).map(([name, [bytes, modified]]) => [name, { bytes, modified }])),
  others: new Set(others),
});

describe('what a guest says of a directory', () => {
  it('is read', () => {
    expect(readManifest('.\n./a\n./a/b c\n//\n12 1700000000 ./a/x y\n0 1 ./z\n//\n./link\n')).toEqual(
      manifest(['a', 'a/b c'], { 'a/x y': [12, 1_700_000_000], z: [0, 1] }, ['link']),
    );
    expect(readManifest('.\n//\n//\n')).toEqual(manifest([], {}));
  });
  it.each([
    './../etc',
    './a/../../x',
    '/etc',
    'a',
    './a//b',
    '.\n//\n1 1 ./../../etc/passwd\n',
    '.\n//\n1 1 /etc/passwd\n',
    '.\n//\nx 1 ./a\n',
    '.\n//\n//\n./..\n',
  ])('does not lead out of it: %j', (text) => {
    expect(() => readManifest(text)).toThrow(Failure);
  });
});

describe('differences', () => {
  const source = manifest(['a', 'a/b'], { 'a/one': [1, 100], two: [2, 100], three: [3, 100] }, ['link']);
  it('are by size and time', () => {
    const target = manifest(['a', 'old', 'old/er'], { two: [2, 100], three: [3, 101], 'old/x': [1, 1] });
    expect(differences(source, target, { remove: false })).toEqual({
      directories: ['a/b'],
      files: ['a/one', 'three'],
      removedFiles: [],
      removedDirectories: [],
      leftOut: ['link'],
    });
    expect(differences(source, target, { remove: true })).toMatchObject({
      removedFiles: ['old/x'],
      removedDirectories: ['old/er', 'old'],
    });
  });
  it('of the same are none', () => {
    expect(differences(source, source, { remove: true })).toMatchObject({
      directories: [],
      files: [],
      removedFiles: [],
      removedDirectories: [],
    });
  });
  it.each([
    manifest([], { a: [1, 1] }),
    manifest(['two'], {}),
    manifest([], {}, ['two']),
    // A link in the directory, through which a guest would write elsewhere.
    manifest([], {}, ['a']),
  ])('of another kind are refused', (target) => {
    expect(() => differences(source, target, { remove: true })).toThrow(/another kind/);
  });
  it('leave what is neither file nor directory, and where it lies', () => {
    const target = manifest(['dir'], { 'dir/x': [1, 1] }, ['dir/socket']);
    expect(differences(manifest([], {}), target, { remove: true })).toMatchObject({
      removedFiles: ['dir/x'],
      removedDirectories: [],
    });
  });
});

it('reads a directory here, and follows no link', async () => {
  const root = await directory();
  await mkdir(path.join(root, 'a/b'), { recursive: true });
  await writeFile(path.join(root, 'a/one'), 'x');
  await utimes(path.join(root, 'a/one'), 100, 100.9);
  await symlink('/etc', path.join(root, 'etc'));
  expect(await localManifest(root, null)).toEqual(manifest(['a', 'a/b'], { 'a/one': [1, 100] }, ['etc']));
  expect(await localManifest(path.join(root, 'none'), null)).toEqual(manifest([], {}));
  const absent = new Failure('file-not-found', 'none');
  await expect(localManifest(path.join(root, 'none'), absent)).rejects.toBe(absent);
  await expect(localManifest(path.join(root, 'a/one'), absent)).rejects.toBe(absent);
  await writeFile(path.join(root, 'a\nb'), '');
  await expect(localManifest(root, null)).rejects.toThrow(/line end/);
});

it('tells sftp what to do', () => {
  const changes = {
    directories: ['d'],
    files: ['d/a "b"', 'w*'],
    removedFiles: ['old\\x'],
    removedDirectories: ['old'],
    leftOut: [],
  };
  expect(putBatch(changes, { local: '/here', remote: '/there/' }).split('\n')).toEqual([
    'rm "/there/old\\\\x"',
    'rmdir "/there/old"',
    'mkdir "/there/d"',
    'put -p "/here/d/a \\"b\\"" "/there/d/a \\"b\\""',
    'put -p "/here/w*" "/there/w*"',
    '',
  ]);
  expect(getBatch(['x'], { local: '/here', remote: '~/-d' })).toBe('get -p "./-d/x" "/here/x"\n');
  expect(getBatch(['x'], { local: '/here', remote: '~' })).toBe('get -p "./x" "/here/x"\n');
  expect(
    putBatch(
      { ...changes, files: [], directories: [], removedFiles: [], removedDirectories: [] },
      { local: '/', remote: '/' },
    ),
  ).toBe('');
});
