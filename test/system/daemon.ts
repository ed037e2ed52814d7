import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const project = path.resolve(import.meta.dirname, '../..');

/** As users run it; test/system/vitest-build.ts has built it. */
export const daemonProgram = path.join(project, 'dist/cmd/manager/main.js');

export interface DaemonUnderTest {
  /** e.g. `http://127.0.0.1:34567` */
  readonly http: string;
  /** `host:port` */
  readonly grpc: string;
  readonly process: ChildProcess;
  /** Every line of the log so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Sends a signal and resolves with the exit code, or the signal's name. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

export interface DaemonOptions {
  readonly libvirtUri: string;
  readonly workingDirectory: string;
  readonly stateDirectory: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the real daemon as a process of its own, on free ports; resolves when it serves. */
export async function startDaemonProcess(options: DaemonOptions): Promise<DaemonUnderTest> {
  const child = spawn(process.execPath, [daemonProgram], {
    cwd: options.workingDirectory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...daemonEnvironment(options), ...options.env },
  });
  const log: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const serving = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry['message'] === 'Protium serves') resolve(entry);
    });
    child.once('exit', (code, signal) => {
      reject(new Error(`the daemon ended with ${String(code ?? signal)}: ${errors}`));
    });
  });
  const entry = await serving;
  return {
    http: `http://${first(entry['http'])}`,
    grpc: first(entry['grpc']),
    process: child,
    log,
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null)
        return child.exitCode ?? child.signalCode ?? 0;
      const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      child.kill(signal);
      const [code, by] = await ended;
      return code ?? by ?? 0;
    },
  };
}

/** What a daemon under test is told by its environment. */
export function daemonEnvironment(options: DaemonOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PROTIUM_LIBVIRT_URI: options.libvirtUri,
    PROTIUM_STATE_DIRECTORY: options.stateDirectory,
    PROTIUM_HTTP_PORT: '0',
    PROTIUM_GRPC_PORT: '0',
    PROTIUM_LOG_FORMAT: 'json',
    PROTIUM_LOG_LEVEL: 'debug',
  };
}

function first(addresses: unknown): string {
  return String((addresses as readonly unknown[])[0]);
}

export interface Workspace {
  /** The daemon's working directory: the templates under xml/, empty img/ and iso/. */
  readonly directory: string;
  readonly stateDirectory: string;
  remove(): Promise<void>;
}

/** A working directory as in a fresh clone, readable by the user that QEMU runs as. */
export async function createWorkspace(): Promise<Workspace> {
  const base = await mkdtemp(path.join(tmpdir(), 'protium-workspace-'));
  await chmod(base, 0o755);
  const directory = path.join(base, 'work');
  await cp(path.join(project, 'xml'), path.join(directory, 'xml'), { recursive: true });
  for (const folder of ['img', 'iso']) {
    await cp(path.join(project, folder, '.gitkeep'), path.join(directory, folder, '.gitkeep'));
  }
  return {
    directory,
    stateDirectory: path.join(base, 'state'),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A request with a JSON body; the answer's body is parsed where it is JSON. */
export async function call(
  daemon: Pick<DaemonUnderTest, 'http'>,
  method: string,
  route: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const response = await fetch(daemon.http + route, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
