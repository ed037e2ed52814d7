import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { PrivateHost } from '../host/private-host.ts';
import { call, createWorkspace, startDaemonProcess, type DaemonUnderTest } from '../system/daemon.ts';
import { median, short } from './statistics.ts';
import { printTable } from './table.ts';

/** As the native API shows it. */
interface ShownOperation {
  readonly state: string;
  readonly endTime?: string;
  readonly error?: object;
  readonly steps: readonly {
    readonly name: string;
    readonly startTime?: string;
    readonly endTime?: string;
  }[];
}

const mebibytes = 1024;
const rounds = 3;

/** An import of 1 GiB from loopback by the daemon itself: the step that downloads and verifies, and the one that stores. */
export async function benchImages(host: PrivateHost): Promise<void> {
  const workspace = await createWorkspace();
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', new URL('image-server.ts', import.meta.url).pathname, String(mebibytes)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const [port, digest] = (await firstLine(server.stdout)).split(' ');
    const daemon = await startDaemonProcess({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
      env: {
        PROTIUM_LOG_LEVEL: 'info',
        PROTIUM_IMAGE_ALLOW_HTTP: '1',
        PROTIUM_IMAGE_ALLOWED_HOSTS: `127.0.0.1:${port ?? ''}`,
      },
    });
    try {
      const [fetched, stored, grown]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round < rounds; round += 1) {
        const { operation, grownMib } = await importOnce(
          daemon,
          `http://127.0.0.1:${port ?? ''}/image`,
          `sha256:${digest ?? ''}`,
        );
        fetched.push(rateOf(operation, 'fetch'));
        stored.push(rateOf(operation, 'store'));
        grown.push(grownMib);
      }
      const [rate, growth] = [median(fetched), Math.max(...grown)];
      printTable('Images', [
        {
          what: `image download and verify, ${mebibytes} MiB from loopback, median of ${rounds}`,
          value: `${short(rate)} MB/s`,
          target: '≥ 200 MB/s',
          met: rate >= 200,
        },
        {
          what: 'growth of the resident memory meanwhile, the most of all rounds',
          value: `${short(growth)} MiB`,
          target: '≤ 64 MiB',
          met: growth <= 64,
        },
        { what: 'image stored in its pool, the same', value: `${short(median(stored))} MB/s` },
      ]);
    } finally {
      await daemon.end();
    }
  } finally {
    server.kill('SIGKILL');
    await workspace.remove();
  }
}

async function importOnce(
  daemon: DaemonUnderTest,
  url: string,
  checksum: string,
): Promise<{ operation: ShownOperation; grownMib: number }> {
  const before = await residentMib(daemon);
  const answer = await call(daemon, 'POST', '/v1/images', {
    name: 'bench',
    source: { kind: 'url', location: url },
    checksum,
  });
  let most = before;
  const operation = await ended(daemon, answer.headers.get('location') ?? '', async () => {
    most = Math.max(most, await residentMib(daemon));
  });
  const removal = await call(daemon, 'DELETE', '/v1/images/bench');
  await ended(daemon, removal.headers.get('location') ?? '');
  return { operation, grownMib: most - before };
}

async function ended(
  daemon: DaemonUnderTest,
  place: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<ShownOperation> {
  for (;;) {
    const { operation } = (await call(daemon, 'GET', place)).body as { operation: ShownOperation };
    if (operation.error !== undefined) throw new Error(JSON.stringify(operation.error));
    if (operation.endTime !== undefined) return operation;
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** MB/s, as journalled: the writes of the journal around it are in it. */
function rateOf({ steps }: ShownOperation, name: string): number {
  const step = steps.find((candidate) => candidate.name === name);
  const milliseconds = Date.parse(step?.endTime ?? '') - Date.parse(step?.startTime ?? '');
  return (mebibytes * 2 ** 20) / 1000 / milliseconds;
}

async function residentMib({ process: { pid } }: DaemonUnderTest): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('the server of images ended');
}
