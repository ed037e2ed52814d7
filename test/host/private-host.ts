import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';

const script = fileURLToPath(new URL('private-host.sh', import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes for the command's standard input; none given: it is empty. */
  readonly input?: string | Uint8Array;
  /** false: a failure resolves too, to be read from `exitCode`. Default true. */
  readonly reject?: boolean;
  /** Ends the command after so long. Default: never. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** A command that goes on running inside a private host. */
export interface PrivateProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves at its end, however it ended. */
  readonly end: Promise<RunResult>;
  /** Sends the signal to the command itself, not to the wrapper that runs it inside. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A libvirtd with network, mount and PID namespaces of its own. Files outside of libvirt's folders are the machine's. */
export interface PrivateHost {
  readonly name: string;
  /** Its files: etc, lib (inside: /var/lib/libvirt), log, cache, run. Gone after `down`. */
  readonly directory: string;
  /** libvirtd's socket as seen from outside. */
  readonly socket: string;
  /** `qemu:///system?socket=…`, usable from outside. */
  readonly uri: string;
  /** Runs a command inside and waits for its end; rejects if it fails. */
  run(command: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Starts a command inside and leaves it running; it ends with the host at the latest. */
  spawn(command: string, args?: readonly string[], options?: RunOptions): PrivateProcess;
  /** Ends libvirtd with SIGKILL, as a crash would; guests and the socket's file stay. */
  killLibvirtd(): Promise<void>;
  /** Starts libvirtd again; resolves when its socket listens. */
  startLibvirtd(): Promise<void>;
  down(): Promise<void>;
}

export interface StartOptions {
  /** Lines to add to libvirtd.conf. */
  readonly libvirtdConf?: string;
  /** Lines to add to qemu.conf. */
  readonly qemuConf?: string;
  /** Arguments of libvirtd's first start, separated by spaces, e.g. `--listen`. */
  readonly libvirtdArgs?: string;
}

/**
 * Starts a private host that lives until `down`, or until a later run finds that this process is no more.
 *
 * @param name at most 15 letters, digits or dashes after a prefix of your own; must be unique on the machine.
 */
export async function startPrivateHost(name: string, options: StartOptions = {}): Promise<PrivateHost> {
  requireRoot();
  await execa(script, ['up', name], {
    stdin: 'ignore',
    // The host outlives this command: it must not hold our pipes open, so only what `up` itself prints is read.
    env: {
      PRIVATE_HOST_OWNER: String(process.pid),
      LIBVIRTD_CONF: options.libvirtdConf ?? '',
      QEMU_CONF: options.qemuConf ?? '',
      LIBVIRTD_ARGS: options.libvirtdArgs ?? '',
    },
  });
  return privateHost(name);
}

/** A private host that is up already, e.g. one of vitest-setup.ts: `privateHost(await hostOfWorker())`. */
export async function privateHost(name: string): Promise<PrivateHost> {
  const socket = (await execa(script, ['socket', name])).stdout;
  return {
    name,
    directory: socket.replace(/\/run\/libvirt-sock$/, ''),
    socket,
    uri: `qemu:///system?socket=${socket}`,
    async run(command, args = [], options = {}) {
      const { stdout, stderr, exitCode } = await execa(
        script,
        ['run', name, command, ...args],
        execaOptions(options),
      );
      return { stdout, stderr, exitCode };
    },
    spawn(command, args = [], options = {}) {
      const child = execa(script, ['run', name, command, ...args], {
        ...execaOptions(options),
        reject: false,
      });
      return {
        stdout: child.stdout,
        stderr: child.stderr,
        end: child.then(({ stdout, stderr, exitCode }) => ({ stdout, stderr, exitCode })),
        async kill(signal) {
          const wrapper = child.pid ?? Number.NaN;
          const children = await readFile(`/proc/${wrapper}/task/${wrapper}/children`, 'utf8').catch(
            () => '',
          );
          const [command] = children.split(' ');
          // It has ended: 0 would be our own process group.
          if (command === undefined || command === '') return;
          process.kill(Number(command), signal);
        },
      };
    },
    killLibvirtd: () => verb('kill-libvirtd', name),
    startLibvirtd: () => verb('start-libvirtd', name),
    down: () => verb('down', name),
  };
}

/** Ends the private hosts that dead test runs left behind. */
export async function removeOrphanedHosts(): Promise<void> {
  requireRoot();
  await execa(script, ['clean'], { stdin: 'ignore' });
}

/** Throws, saying what to do, unless this process may make namespaces. */
function requireRoot(): void {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'These tests start a libvirt host of their own in network, mount and PID namespaces, which needs root. ' +
        'Run them as root, or only those that need no libvirt: npm run test:unit.',
    );
  }
}

async function verb(name: string, host: string): Promise<void> {
  await execa(script, [name, host], { stdin: 'ignore' });
}

function execaOptions(options: RunOptions) {
  return {
    input: options.input ?? '',
    reject: options.reject ?? true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  } satisfies Options;
}
