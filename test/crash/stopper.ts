import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** Where the daemon, or its libvirtd, is to be killed, or the disk with its database fails: see stop-at.js. */
export interface Stop {
  readonly label: string;
  readonly occurrence: number;
  readonly when: 'before' | 'after';
  readonly victim: 'daemon' | 'libvirtd' | 'disk';
}

/** The environment that loads stop-at.js into a daemon. */
export function stopperEnvironment(socket: string, stop?: Stop): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${pathToFileURL(path.join(import.meta.dirname, 'stop-at.js')).href}`,
    PROTIUM_TEST_STOP_AT: socket,
    ...(stop === undefined ? {} : { PROTIUM_TEST_STOP: JSON.stringify(stop) }),
  };
}

export interface Stopper {
  /** Counts afresh from now on; null: nothing is killed. */
  arm(stop: Stop | null): Promise<void>;
  /** Labels of the writes since it was armed; before that, since the daemon began. */
  readonly points: readonly string[];
  /** Whether libvirtd has been killed, or the disk has failed, since it was armed. */
  readonly reached: boolean;
  close(): void;
}

export async function connectStopper(socketPath: string): Promise<Stopper> {
  const socket = net.connect(socketPath);
  await once(socket, 'connect');
  const lines = createInterface({ input: socket });
  // The daemon is killed while it has more to say.
  for (const each of [socket, lines]) each.on('error', () => undefined);
  let points: string[] = [];
  let reached = false;
  let armed: () => void = () => undefined;
  lines.on('line', (line) => {
    const message = JSON.parse(line) as { armed?: true; reached?: true; point?: string };
    if (message.armed === true) armed();
    if (message.reached === true) reached = true;
    if (message.point !== undefined) points.push(message.point);
  });
  return {
    async arm(stop) {
      const done = new Promise<void>((resolve, reject) => {
        armed = resolve;
        socket.once('close', () => reject(new Error('the daemon is gone')));
        if (socket.destroyed) reject(new Error('the daemon is gone'));
      });
      socket.write(`${JSON.stringify({ stop })}\n`);
      await done;
      points = [];
      reached = false;
    },
    get points() {
      return points;
    },
    get reached() {
      return reached;
    },
    close: () => void socket.destroy(),
  };
}
