import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';

const script = path.resolve(import.meta.dirname, '../../img/guest/build.sh');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'guest-build-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Runs the script with an empty cache, into an empty directory. */
const buildAnew = (env: Readonly<Record<string, string>>) =>
  execa('bash', [script, path.join(directory, 'img')], {
    reject: false,
    env: { XDG_CACHE_HOME: path.join(directory, 'cache'), ...env },
  });

/** An apt that knows one archive, a directory on this machine; without it, none. */
async function aptOf(archive?: string): Promise<Record<string, string>> {
  await mkdir(path.join(directory, 'lists/partial'), { recursive: true });
  const sources = path.join(directory, 'sources.list');
  await writeFile(sources, archive === undefined ? '' : `deb [trusted=yes] file:${archive} ./\n`);
  const file = path.join(directory, 'apt.conf');
  await writeFile(
    file,
    `Dir::State::lists "${directory}/lists"; Dir::Etc::sourcelist "${sources}"; Dir::Etc::sourceparts "-"; APT::Sandbox::User "root";`,
  );
  return { APT_CONFIG: file };
}

/** An archive that lists the packages but does not have them. */
async function hollowArchive(): Promise<string> {
  const archive = path.join(directory, 'archive');
  await mkdir(archive);
  const listed = await readFile(path.join(path.dirname(script), 'packages'), 'utf8');
  const programs = listed.split('\n').filter((line) => /^[a-z]/.test(line));
  const kernel = 'linux-image-6.1.0-1-amd64';
  const names = [...programs, 'shim-signed', 'grub-efi-amd64-signed', 'linux-image-amd64', kernel];
  const stanzas = names.map((name) =>
    [
      `Package: ${name}`,
      'Version: 1',
      'Architecture: amd64',
      ...(name === 'linux-image-amd64' ? [`Depends: ${kernel}`] : []),
      `Filename: ./${name}.deb`,
      'Size: 1',
      `SHA256: ${'0'.repeat(64)}`,
    ].join('\n'),
  );
  await writeFile(path.join(archive, 'Packages'), `${stanzas.join('\n\n')}\n`);
  return archive;
}

describe('building the test guest', () => {
  it('does nothing and says nothing when all is current', async () => {
    const { disk, kernel, initrd } = await guestImage();
    const times = () => Promise.all([disk, kernel, initrd].map(async (file) => (await stat(file)).mtimeMs));
    const before = await times();
    const { stderr, stdout } = await execa('bash', [script]);
    expect(stdout + stderr).toBe('');
    expect(await times()).toEqual(before);
  });

  it('says what to do when apt knows no packages', async () => {
    const { exitCode, stderr } = await buildAnew(await aptOf());
    expect(stderr).toContain('apt does not know all of: busybox-static ');
    expect(stderr).toContain('Run apt-get update');
    expect(exitCode).toBe(4);
  });

  it('says so when the archive does not give them, and leaves nothing half done', async () => {
    const { exitCode, stderr } = await buildAnew(await aptOf(await hollowArchive()));
    expect(stderr).toContain('Is the archive reachable?');
    expect(exitCode).toBe(4);
    await expect(readdir(path.join(directory, 'img'))).rejects.toMatchObject({ code: 'ENOENT' });
    const left = await readdir(path.join(directory, 'cache/protium-guest'));
    expect(left.filter((name) => name.startsWith('build.'))).toEqual([]);
  });

  it('names the packages of the tools that are missing', async () => {
    const programs = path.join(directory, 'bin');
    await mkdir(programs);
    for (const name of await readdir('/usr/bin')) {
      if (name !== 'mcopy' && name !== 'cpio') await symlink(`/usr/bin/${name}`, path.join(programs, name));
    }
    const { exitCode, stderr } = await buildAnew({ PATH: programs });
    expect(stderr.trim()).toMatch(/: apt-get install cpio mtools$/);
    expect(exitCode).toBe(3);
  });
});
