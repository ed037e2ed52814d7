import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSetupCheckout, type SetupCheckout } from './setup-checkout.ts';

const projectDirectory = path.resolve(import.meta.dirname, '../..');

let checkout: SetupCheckout;

beforeEach(async () => {
  checkout = await createSetupCheckout();
});

afterEach(() => checkout.remove());

/** What changes something: asking is no change. */
async function changes(): Promise<string[]> {
  return (await checkout.calls()).filter((call) => !/^(id|getfacl|dpkg-query|dpkg --audit)/.test(call));
}

async function lack(...packages: string[]): Promise<void> {
  await writeFile(path.join(path.dirname(checkout.directory), 'missing'), `${packages.join('\n')}\n`);
}

describe('the set-up of a fresh checkout', () => {
  it('installs what is missing, builds, and says each step in one line', async () => {
    await lack('ovmf', 'swtpm');
    const result = await checkout.setup('--no-libvirtd');
    expect(result).toEqual({
      exitCode: 0,
      stdout: [
        'protium: installing ovmf swtpm',
        'protium: installing the npm dependencies (npm ci)',
        'protium: building',
      ].join('\n'),
      stderr: '',
    });
    const [update, install, npm, tsc, ...more] = await changes();
    expect(update).toMatch(/^apt-get .*update$/);
    expect(install).toMatch(/^apt-get --yes .* install --no-install-recommends ovmf swtpm$/);
    expect(npm).toMatch(/^npm ci --include=dev .*--ignore-scripts/);
    expect(tsc).toMatch(/^tsc -p tsconfig.build.json --outDir /);
    expect(more).toEqual([]);
    expect(await checkout.has('dist/built.js')).toBe(true);
  });

  it('does and says nothing the second time', async () => {
    await checkout.setup('--no-libvirtd');
    await checkout.calls();
    expect(await checkout.setup('--no-libvirtd')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await checkout.setup('--no-libvirtd', '--check')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await changes()).toEqual([]);
  });

  it('says what it would do with --check, and does none of it', async () => {
    await lack('ovmf');
    expect(await checkout.setup('--no-libvirtd', '--check')).toEqual({
      exitCode: 1,
      stdout: [
        'protium: to do: installing ovmf',
        'protium: to do: installing the npm dependencies (npm ci)',
        'protium: to do: building',
      ].join('\n'),
      stderr: '',
    });
    expect(await changes()).toEqual([]);
    expect(await checkout.has('node_modules')).toBe(false);
  });

  it('builds again when a source changes, and leaves nothing of the old build', async () => {
    await checkout.setup('--no-libvirtd');
    await writeFile(path.join(checkout.directory, 'dist/stale.js'), '');
    await writeFile(path.join(checkout.directory, 'internal/source.ts'), 'export const answer = 43;\n');
    expect((await checkout.setup('--no-libvirtd')).stdout).toBe('protium: building');
    expect(await checkout.has('dist/stale.js')).toBe(false);
    expect(await checkout.has('dist/built.js')).toBe(true);
  });

  it('installs the npm dependencies again when one of them is gone or another version is wanted', async () => {
    const again = 'protium: installing the npm dependencies (npm ci)';
    await checkout.setup('--no-libvirtd');
    await execa('rm', ['-r', path.join(checkout.directory, 'node_modules/compiler')]);
    expect((await checkout.setup('--no-libvirtd')).stdout).toBe(again);
    const lock = path.join(checkout.directory, 'package-lock.json');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('"1.0.0"', '"1.0.1"'));
    expect((await checkout.setup('--no-libvirtd')).stdout).toContain(again);
  });

  it('is content with a lock file that names more than npm installs', async () => {
    const lock = path.join(checkout.directory, 'package-lock.json');
    const more = '"node_modules/unwanted":{"version":"1.0.0","integrity":"sha512-z"},"node_modules/compiler"';
    await writeFile(lock, (await readFile(lock, 'utf8')).replace('"node_modules/compiler"', more));
    await checkout.setup('--no-libvirtd');
    expect(await checkout.setup('--no-libvirtd')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it("lets QEMU's user pass through directories that are closed to others, once", async () => {
    const machine = path.dirname(checkout.directory);
    await chmod(machine, 0o700);
    await chmod(path.join(checkout.directory, 'iso'), 0o750);
    const first = await checkout.setup('--no-libvirtd');
    expect(first.stdout.split('\n')[0]).toBe(
      'protium: letting the user libvirt-qemu, as whom QEMU runs, pass through ' +
        `${machine} ${checkout.directory}/iso (setfacl)`,
    );
    expect(await changes()).toContain(
      `setfacl --modify user:libvirt-qemu:x ${machine} ${checkout.directory}/iso`,
    );
    expect(await checkout.setup('--no-libvirtd')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('goes on, with a warning, where such a directory cannot be opened', async () => {
    await chmod(path.join(checkout.directory, 'img'), 0o700);
    await checkout.standIn('setfacl', 'exit 1');
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^protium: that did not work: virtual machines whose disks lie in .* will not start\./,
    );
  });

  it('lets a second set-up wait for the first, which then finds nothing to do', async () => {
    await checkout.setup('--no-libvirtd');
    await lack('ovmf');
    const machine = path.dirname(checkout.directory);
    const go = path.join(machine, 'go');
    await execa('env', ['mkfifo', go]);
    await checkout.standIn(
      'apt-get',
      'case "$*" in *install*) cat "$MACHINE/go"; : > "$MACHINE/missing" ;; esac',
    );
    const first = checkout.startSetup('--no-libvirtd');
    await firstLine(first, 'protium: installing ovmf');
    const second = checkout.startSetup('--no-libvirtd');
    await firstLine(second, 'protium: waiting for another set-up of this checkout to end');
    await writeFile(go, '');
    expect((await first).exitCode).toBe(0);
    const { exitCode, stdout } = await second;
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'protium: waiting for another set-up of this checkout to end',
    });
  });
});

describe('where the set-up cannot help it says so', () => {
  it('without root and without sudo it names the command to run, and changes nothing', async () => {
    await lack('ovmf', 'swtpm');
    await checkout.standIn('id', 'echo 1000');
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'protium: this needs root, and sudo is not to be had. Run this as root, then try again: ' +
        'apt-get update && apt-get install --no-install-recommends ovmf swtpm',
    );
    expect(await changes()).toEqual([]);
  });

  it('without root it goes on if no package is missing', async () => {
    await checkout.standIn('id', 'echo 1000');
    expect((await checkout.setup('--no-libvirtd')).exitCode).toBe(0);
  });

  it('uses sudo where sudo works', async () => {
    await lack('ovmf');
    await checkout.standIn('id', 'echo 1000');
    await checkout.standIn('sudo', '[ "$1" = -n ] && exit 0; shift; exec "$@"');
    expect((await checkout.setup('--no-libvirtd')).exitCode).toBe(0);
    expect((await changes()).filter((call) => /^sudo .* install /.test(call))).toHaveLength(1);
  });

  it('on an unknown distribution it lists the programs that are not there', async () => {
    await checkout.osRelease('ID=plan9\nPRETTY_NAME="Plan 9"\n');
    for (const program of ['qemu-img', 'virsh', 'ip']) await checkout.standIn(program, '');
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^protium: Plan 9 is neither Debian, Ubuntu nor Fedora, so please install these programs yourself: qemu-system-x86_64 /,
    );
    expect(stderr).not.toMatch(/yourself:[^.]* (qemu-img|virsh|ip)[ .]/);
    expect(await changes()).toEqual([]);
  });

  it('on an unknown distribution with all programs there it goes on', async () => {
    await checkout.osRelease('ID=plan9\n');
    for (const program of ['qemu-system-x86_64', 'qemu-img', 'swtpm', 'swtpm_setup', 'libvirtd', 'virsh']) {
      await checkout.standIn(program, '');
    }
    for (const program of ['dnsmasq', 'iptables', 'ip', 'openssl', 'ssh-keygen', 'genisoimage']) {
      await checkout.standIn(program, '');
    }
    expect((await checkout.setup('--no-libvirtd')).exitCode).toBe(0);
  });

  it('refuses a Node.js that is too old, and names it', async () => {
    await checkout.standIn('node', '[ "$1" = --version ] && echo v18.20.4; [ "$1" != -e ]');
    const { exitCode, stderr } = await checkout.setup();
    expect(exitCode).toBe(1);
    expect(stderr).toBe('protium: this is Node.js v18.20.4; Protium needs 20.19 or later.');
  });

  it('refuses an option that it does not know', async () => {
    const { exitCode, stderr } = await checkout.setup('--everything');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('protium: unknown option: --everything');
  });
});

describe('after trouble the set-up can be repeated', () => {
  it('finishes an interrupted installation of packages before its own', async () => {
    await lack('ovmf');
    await checkout.standIn('dpkg', 'case $1 in --audit) echo "half configured" ;; esac');
    expect((await checkout.setup('--no-libvirtd')).exitCode).toBe(0);
    expect((await changes()).slice(0, 2)).toEqual([
      expect.stringMatching(/^dpkg --configure -a/),
      expect.stringMatching(/^apt-get .*update$/),
    ]);
  });

  it('says so when no mirror answers', async () => {
    await lack('ovmf');
    await checkout.standIn('apt-get', 'echo "E: Temporary failure resolving" >&2; exit 100');
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('  | E: Temporary failure resolving');
    expect(stderr).toContain(
      'protium: the package lists could not be brought up to date: is there a network',
    );
  });

  it('installs from the lists it has when only bringing them up to date fails', async () => {
    await lack('ovmf');
    await checkout.standIn('apt-get', 'case "$*" in *update) exit 100 ;; esac; : > "$MACHINE/missing"');
    expect((await checkout.setup('--no-libvirtd')).exitCode).toBe(0);
  });

  it('shows why npm ci failed, and tries again the next time', async () => {
    await checkout.standIn(
      'npm',
      'mkdir -p node_modules/compiler; echo "npm error ENOSPC: no space left on device" >&2; exit 1',
    );
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('  | npm error ENOSPC: no space left on device');
    expect(stderr).toContain('protium: npm ci failed');
    expect((await checkout.setup('--check', '--no-libvirtd')).stdout).toContain(
      'to do: installing the npm dependencies',
    );
  });

  it('keeps the last build when a build fails, and builds again the next time', async () => {
    await checkout.setup('--no-libvirtd');
    const compiler = path.join(checkout.directory, 'node_modules/.bin/tsc');
    const working = await readFile(compiler, 'utf8');
    await writeFile(compiler, '#!/bin/sh\necho "source.ts(1,1): error TS1005"; exit 2\n');
    await writeFile(path.join(checkout.directory, 'internal/source.ts'), 'export const = 43;\n');
    const { exitCode, stderr } = await checkout.setup('--no-libvirtd');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('  | source.ts(1,1): error TS1005');
    expect(await checkout.has('dist/built.js')).toBe(true);
    await writeFile(compiler, working);
    expect(await checkout.setup('--no-libvirtd')).toEqual({
      exitCode: 0,
      stdout: 'protium: building',
      stderr: '',
    });
  });
});

describe('this checkout', () => {
  it('has nothing left to do after the set-up for tests', async () => {
    await execa('bash', ['cmd/setup.sh', '--for-tests'], { cwd: projectDirectory, stdin: 'ignore' });
    const { stdout, stderr } = await execa('bash', ['cmd/setup.sh', '--for-tests', '--check'], {
      cwd: projectDirectory,
    });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
    expect(existsSync(path.join(projectDirectory, 'dist/cmd/manager/main.js'))).toBe(true);
  });
});

/** Resolves when the process has printed its first line, which must be the one given. */
async function firstLine(running: { readonly stdout: Readable }, line: string): Promise<void> {
  const [printed] = (await once(running.stdout, 'data')) as [Buffer];
  expect(printed.toString()).toBe(`${line}\n`);
}
