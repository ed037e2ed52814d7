import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { PrivateHost } from '../host/private-host.ts';
import { daemonEnvironment, daemonProgram, type DaemonOptions, type JsonAnswer } from './daemon.ts';

/** A daemon that runs within a private host: its ports and rules are of that host's network. */
export interface InsideDaemon {
  /** host:port, reachable from within only. */
  readonly http: string;
  /** Every line of the log so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  call(method: string, route: string, body?: unknown): Promise<JsonAnswer>;
  /** Sends a signal and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export async function startInsideDaemon(host: PrivateHost, options: DaemonOptions): Promise<InsideDaemon> {
  const env = { ...daemonEnvironment(options), ...options.env, PROTIUM_LIBVIRT_URI: 'qemu:///system' };
  const child = host.spawn(process.execPath, [daemonProgram], {
    cwd: options.workingDirectory,
    env: env,
  });
  const log: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const serving = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      if (entry['message'] === 'Protium serves') resolve(String((entry['http'] as readonly unknown[])[0]));
    });
    void once(lines, 'close').then(() => reject(new Error(`the daemon ended: ${errors}`)));
  });
  const http = await serving;
  return {
    http,
    log,
    async call(method, route, body) {
      const { stdout } = await host.run('curl', [
        '-s',
        '-i',
        '-X',
        method,
        ...(body === undefined
          ? []
          : ['-H', 'Content-Type: application/json', '--data', JSON.stringify(body)]),
        `http://${http}${route}`,
      ]);
      const [head = '', ...rest] = stdout.replaceAll('\r', '').split('\n\n');
      const text = rest.join('\n\n');
      const [status = '', ...fields] = head.split('\n');
      const headers = new Headers(
        fields.map((field): [string, string] => {
          const colon = field.indexOf(':');
          return [field.slice(0, colon), field.slice(colon + 1).trim()];
        }),
      );
      const isJson = (headers.get('content-type') ?? '').includes('json') && text !== '';
      return {
        status: Number(status.split(' ')[1]),
        headers,
        text,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
    },
    async end(signal = 'SIGTERM') {
      await child.kill(signal);
      await child.end;
    },
  };
}
