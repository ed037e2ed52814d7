import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

const projectDirectory = path.resolve(import.meta.dirname, '../..');

/** The real programs that the set-up may find; everything else is a stand-in or missing. */
const realPrograms =
  'bash cat chmod dirname env find flock grep mkdir mv node realpath rm sed sha256sum sort stat tail uname xargs'.split(
    ' ',
  );

interface SetupResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

type RunningSetup = ReturnType<typeof startIn>;

/** A checkout with nothing but the set-up and one source file, on a machine whose package manager and npm are stand-ins. */
export interface SetupCheckout {
  readonly directory: string;
  setup(...options: string[]): Promise<SetupResult>;
  /** The same, still running. */
  startSetup(...options: string[]): RunningSetup;
  /** What the stand-ins were called with since the last look, one line a call. */
  calls(): Promise<string[]>;
  /** Replaces a stand-in, or a real program, by a shell script. */
  standIn(program: string, script: string): Promise<void>;
  /** Whether the path exists in the checkout. */
  has(file: string): Promise<boolean>;
  osRelease(text: string): Promise<void>;
  remove(): Promise<void>;
}

const debian = 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';

/** Prints every package it is asked for as installed, except those named in the file `missing`. */
const dpkgQuery = `for name in "$@"; do case $name in --*) continue ;; esac
grep -qxF "$name" "$MACHINE/missing" || echo "installed $name"; done`;

/** Installs one dependency with a compiler that copies, and writes npm's record of it last. */
const npm = `rm -rf node_modules
mkdir -p node_modules/.bin node_modules/compiler
echo '{}' > node_modules/compiler/package.json
printf '#!/bin/sh\\nmkdir -p "$4/cmd/manager"; echo "// built" > "$4/built.js"; echo "" > "$4/cmd/manager/write-build-info.js"\\necho "tsc $*" >> "$MACHINE/calls"\\n' > node_modules/.bin/tsc
chmod +x node_modules/.bin/tsc
echo '{"packages":{"node_modules/compiler":{"version":"1.0.0","integrity":"sha512-x"}}}' > node_modules/.package-lock.json`;

export async function createSetupCheckout(): Promise<SetupCheckout> {
  const top = await mkdtemp(path.join(tmpdir(), 'protium-setup-'));
  const directory = path.join(top, 'checkout');
  const programs = path.join(top, 'programs');
  const callsFile = path.join(top, 'calls');
  const osReleaseFile = path.join(top, 'os-release');
  await chmod(top, 0o755);
  await mkdir(path.join(directory, 'cmd'), { recursive: true });
  await mkdir(path.join(directory, 'img'));
  await mkdir(path.join(directory, 'iso'));
  await mkdir(path.join(directory, 'internal'));
  await mkdir(path.join(directory, 'proto'));
  await mkdir(programs);
  await cp(path.join(projectDirectory, 'cmd/setup'), path.join(directory, 'cmd/setup'), { recursive: true });
  await copyFile(path.join(projectDirectory, 'cmd/setup.sh'), path.join(directory, 'cmd/setup.sh'));
  await writeFile(path.join(directory, 'internal/source.ts'), 'export const answer = 42;\n');
  await writeFile(path.join(directory, 'tsconfig.build.json'), '{}\n');
  await writeFile(path.join(directory, 'package.json'), '{ "name": "checkout" }\n');
  await writeFile(
    path.join(directory, 'package-lock.json'),
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/compiler': { version: '1.0.0', integrity: 'sha512-x' },
        'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-y', optional: true },
      },
    }),
  );
  await writeFile(path.join(top, 'missing'), '');
  await writeFile(path.join(top, 'acl'), '');
  await writeFile(callsFile, '');
  await writeFile(osReleaseFile, debian);

  const environment = { PATH: programs, MACHINE: top, PROTIUM_OS_RELEASE: osReleaseFile };
  for (const program of realPrograms) {
    const { stdout } = await execa('which', [program]);
    await symlink(program === 'node' ? process.execPath : stdout, path.join(programs, program));
  }

  const startSetup = (...options: string[]) => startIn(directory, environment, options);
  const checkout: SetupCheckout = {
    directory,
    startSetup,
    async setup(...options) {
      const { exitCode, stdout, stderr } = await startSetup(...options);
      return { exitCode, stdout, stderr };
    },
    async calls() {
      const text = await readFile(callsFile, 'utf8');
      await writeFile(callsFile, '');
      return text.split('\n').filter((line) => line !== '');
    },
    async standIn(program, script) {
      const file = path.join(programs, program);
      await rm(file, { force: true });
      await writeFile(file, `#!/bin/bash\necho "${program} $*" >> "$MACHINE/calls"\n${script}\n`);
      await chmod(file, 0o755);
    },
    has: async (file) =>
      (await execa('test', ['-e', path.join(directory, file)], { reject: false })).exitCode === 0,
    osRelease: (text) => writeFile(osReleaseFile, text),
    remove: () => rm(top, { recursive: true }),
  };
  await checkout.standIn('id', 'echo 0');
  await checkout.standIn('dpkg-query', dpkgQuery);
  await checkout.standIn('dpkg', '');
  await checkout.standIn('apt-get', ': > "$MACHINE/missing"');
  await checkout.standIn('npm', npm);
  await checkout.standIn('getfacl', 'cat "$MACHINE/acl"');
  await checkout.standIn('setfacl', 'echo "user:libvirt-qemu:--x" > "$MACHINE/acl"');
  return checkout;
}

function startIn(
  directory: string,
  environment: Readonly<Record<string, string>>,
  options: readonly string[],
) {
  return execa('bash', ['cmd/setup.sh', ...options], {
    cwd: directory,
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}
