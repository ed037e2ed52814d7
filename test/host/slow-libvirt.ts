import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import { FrameSplitter, messageType, program as programs } from '../../internal/libvirt/rpc/wire/frame.ts';

/** A call as it goes to libvirtd: its program and its number in libvirt's protocol files. */
export interface ProcedureNumber {
  readonly program?: number;
  readonly number: number;
}

/** Stands between a client and libvirtd, and lets calls through late, or not at all until it is told to. */
export interface SlowLibvirt {
  /** For clients, instead of libvirtd's own. */
  readonly uri: string;
  /** From now on these calls wait until `release`; none named: all. Keepalive and streams pass. */
  hold(...procedures: readonly ProcedureNumber[]): void;
  /** From now on each call waits so long. Calls of one connection keep their order. */
  delay(milliseconds: number): void;
  /** Lets everything through that has waited, and what comes from now on at once. */
  release(): void;
  /** Resolves when so many calls wait. */
  waiting(count?: number): Promise<void>;
  close(): Promise<void>;
}

/** @param libvirtd its socket; @param socket where clients find this one */
export async function slowLibvirt(libvirtd: string, socket: string): Promise<SlowLibvirt> {
  let held: readonly ProcedureNumber[] | null = null;
  let delayMs = 0;
  let waiting: (() => void)[] = [];
  let watchers: { readonly count: number; readonly resolve: () => void }[] = [];
  const connections = new Set<net.Socket>();

  const isHeld = (frame: Buffer): boolean => {
    const [program, procedure, type] = [frame.readUInt32BE(4), frame.readInt32BE(12), frame.readInt32BE(16)];
    if (held === null || type !== messageType.call) return false;
    if (program !== programs.remote && program !== programs.qemu) return false;
    return (
      held.length === 0 ||
      held.some((each) => each.number === procedure && (each.program ?? programs.remote) === program)
    );
  };
  const server = net.createServer((client) => {
    const upstream = net.connect(libvirtd);
    let last = Promise.resolve();
    const splitter = new FrameSplitter((buffer, start, end) => {
      const frame = Buffer.from(buffer.subarray(start, end));
      const send = (): void => {
        if (upstream.writable) upstream.write(frame);
      };
      if (isHeld(frame)) {
        waiting.push(send);
        watchers = watchers.filter(({ count, resolve }) => {
          if (waiting.length >= count) resolve();
          return waiting.length < count;
        });
      } else if (delayMs === 0) send();
      else {
        const until = new Promise<void>((resolve) => setTimeout(resolve, delayMs));
        last = Promise.all([last, until]).then(send);
      }
    });
    client.on('data', (chunk) => splitter.push(chunk));
    upstream.pipe(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      connections.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        connections.delete(from);
        to.destroy();
      });
    }
  });
  await rm(socket, { force: true });
  server.listen(socket);
  await once(server, 'listening');
  return {
    uri: `qemu:///system?socket=${socket}`,
    hold: (...procedures) => void (held = procedures),
    delay: (milliseconds) => void (delayMs = milliseconds),
    release() {
      held = null;
      delayMs = 0;
      for (const send of waiting.splice(0)) send();
    },
    waiting: (count = 1) =>
      new Promise((resolve) => {
        if (waiting.length >= count) resolve();
        else watchers.push({ count, resolve });
      }),
    async close() {
      waiting = [];
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
