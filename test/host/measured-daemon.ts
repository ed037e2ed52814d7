import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { daemonProgram, type Workspace } from '../system/daemon.ts';
import type { PrivateHost, PrivateProcess } from './private-host.ts';

/** What a process holds, after its garbage was collected. */
export interface Held {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly externalBytes: number;
  readonly descriptors: number;
}

/** The built daemon inside a private host, at its usual ports, and what it holds. */
export interface MeasuredDaemon {
  readonly process: PrivateProcess;
  /** Of the log, from warnings on. */
  readonly complaints: readonly Record<string, unknown>[];
  measure(): Promise<Held>;
  /** Writes a heap snapshot, as Chromium's developer tools read it. */
  snapshot(target: string): Promise<void>;
  end(): Promise<void>;
}

const hook = path.join(import.meta.dirname, 'measuring-hook.js');

export async function startMeasuredDaemon(
  host: PrivateHost,
  workspace: Workspace,
  env: Readonly<Record<string, string>> = {},
): Promise<MeasuredDaemon> {
  const file = path.join(path.dirname(workspace.directory), 'held.json');
  const daemon = host.spawn(process.execPath, ['--expose-gc', '--import', hook, daemonProgram], {
    cwd: workspace.directory,
    env: {
      PROTIUM_STATE_DIRECTORY: workspace.stateDirectory,
      PROTIUM_LOG_FORMAT: 'json',
      PROTIUM_LOG_LEVEL: 'info',
      MEASURE_FILE: file,
      ...env,
    },
  });
  let over = false;
  void daemon.end.then(() => (over = true));
  const complaints: Record<string, unknown>[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: daemon.stdout }).on('line', (line) => {
      // Thousands of requests have a line each: only what somebody looks at is parsed.
      if (/"level":"(?:warn|error|fatal)"/.test(line))
        complaints.push(JSON.parse(line) as Record<string, unknown>);
      if (complaints.length > 1000) complaints.shift();
      if (line.includes('"message":"Protium serves"')) resolve();
    });
    void daemon.end.then(({ stderr }) => reject(new Error(`the daemon ended: ${stderr.slice(-2000)}`)));
  });
  return {
    process: daemon,
    complaints,
    async measure() {
      await rm(file, { force: true });
      await daemon.kill('SIGUSR2');
      for (;;) {
        const text = await readFile(file, 'utf8').catch(() => null);
        if (text !== null) return JSON.parse(text) as Held;
        await setTimeout(50);
      }
    },
    async snapshot(target) {
      const written = `${file}.heapsnapshot`;
      await rm(written, { force: true });
      await daemon.kill('SIGPWR');
      while (
        !(await readFile(written).then(
          () => true,
          () => false,
        ))
      )
        await setTimeout(200);
      await rename(written, target);
    },
    async end() {
      if (!over) await daemon.kill('SIGTERM');
      await daemon.end;
    },
  };
}
