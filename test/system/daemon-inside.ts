import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cliProgram, type CliRun } from './cli-process.ts';
import { daemonProgram, type Workspace } from './daemon.ts';
import type { PrivateHost, PrivateProcess } from '../host/private-host.ts';

/** A daemon within the namespaces of a private host: it meets libvirt's logs and displays as on a real one. */
export interface DaemonInside {
  /** A unix socket at which its HTTP is to be had from outside. */
  readonly socket: string;
  readonly log: readonly Record<string, unknown>[];
  /** @param body bytes are sent as they are, all else as JSON */
  call(
    method: string,
    route: string,
    body?: unknown,
    headers?: http.OutgoingHttpHeaders,
  ): Promise<InsideAnswer>;
  cli(args: readonly string[], options?: { readonly input?: string | Uint8Array }): Promise<CliRun>;
  /** Starts the command line and leaves it running. */
  startCli(args: readonly string[]): RunningCli;
  /** Resolves when it is gone, however it ended. */
  readonly gone: Promise<unknown>;
  /** Ends it with SIGTERM, unless it has ended already; resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface RunningCli extends Pick<PrivateProcess, 'end' | 'kill'> {
  /** Resolves with all of stdout so far once it has this. */
  saw(marker: RegExp): Promise<string>;
}

export interface InsideAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly body: Record<string, unknown>;
}

/** Carries connections at a unix socket, which all namespaces see, to a port of its own. */
export const gate = `
  const net = require('node:net');
  const [socket, port] = process.argv.slice(1);
  net.createServer({ allowHalfOpen: true }, (outer) => {
    const inner = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to] of [[outer, inner], [inner, outer]]) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  }).listen(socket, () => console.log('ready'));
`;

export async function startDaemonInside(
  host: PrivateHost,
  workspace: Workspace,
  env: Readonly<Record<string, string>> = {},
): Promise<DaemonInside> {
  const daemon = host.spawn(process.execPath, [daemonProgram], {
    cwd: workspace.directory,
    env: {
      PROTIUM_STATE_DIRECTORY: workspace.stateDirectory,
      PROTIUM_LOG_FORMAT: 'json',
      PROTIUM_LOG_LEVEL: 'debug',
      ...env,
    },
  });
  const log: Record<string, unknown>[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: daemon.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry['message'] === 'Protium serves') resolve();
    });
    void daemon.end.then(({ stderr }) => reject(new Error(`the daemon ended: ${stderr}`)));
  });
  const socket = path.join(path.dirname(workspace.directory), `gate-${process.hrtime.bigint()}`);
  const gateProcess = host.spawn(process.execPath, ['-e', gate, socket, '9021']);
  await once(gateProcess.stdout, 'data');
  let ended = false;
  let isGone = false;
  const gone = daemon.end.then(() => (isGone = true));
  const cliEnvironment = { PROTIUM_ADDRESS: '127.0.0.1:7001' };
  return {
    socket,
    log,
    gone,
    call: (method, route, body, headers = {}) => request(socket, method, route, body, headers),
    async cli(args, { input = '' } = {}) {
      return host.run(process.execPath, [cliProgram, ...args], { env: cliEnvironment, input, reject: false });
    },
    startCli: (args) => {
      const started = host.spawn(process.execPath, [cliProgram, ...args], {
        env: cliEnvironment,
      });
      const { stdout } = started;
      let text = '';
      stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const saw = (marker: RegExp): Promise<string> =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (marker.test(text)) resolve(text);
          };
          stdout.on('data', look);
          stdout.once('close', () => reject(new Error(`it ended without ${String(marker)}: ${text}`)));
          look();
        });
      return { end: started.end, kill: (signal) => started.kill(signal), saw };
    },
    async end(signal = 'SIGTERM') {
      if (ended) return;
      ended = true;
      if (!isGone) await daemon.kill(signal);
      await gone;
      await gateProcess.kill('SIGKILL');
    },
  };
}

function request(
  socketPath: string,
  method: string,
  route: string,
  body: unknown,
  headers: http.OutgoingHttpHeaders,
): Promise<InsideAnswer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body);
    const content = typeof text === 'string' ? { 'Content-Type': 'application/json' } : {};
    const options = {
      socketPath,
      method,
      path: route,
      headers: { Host: 'localhost', ...content, ...headers },
    };
    const sent = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = (response.headers['content-type'] ?? '').includes('json');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          body: isJson ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {},
        });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
