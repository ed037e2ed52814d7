import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';

/** Name of a private host that this file has for itself until its process ends, for `privateHost(name)`. */
export async function hostOfWorker(): Promise<string> {
  return valueAt(inject('privateHosts'));
}

/** Socket of that host's libvirtd. */
export async function libvirtSocketOfWorker(): Promise<string> {
  return valueAt(inject('libvirtSockets'));
}

async function valueAt(values: readonly string[]): Promise<string> {
  const value = values[await (claimed ??= claim(inject('privateHosts')))];
  if (value === undefined) throw new Error('There is no private host for this worker.');
  return value;
}

let claimed: Promise<number> | undefined;

/**
 * Vitest's own number of a worker will not do: with two groups of projects it gives one number to two workers at once
 * (4.1 frees the first group's last number when the second group has it already). An abstract socket is a lock that
 * ends with its process, however that ends.
 */
async function claim(hosts: readonly string[]): Promise<number> {
  for (;;) {
    for (const [index, host] of hosts.entries()) if (await take(host)) return index;
    // The worker of the file before may still be going.
    await setTimeout(50);
  }
}

function take(host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(`\0protium-test-host-${host}`, () => {
      server.unref();
      resolve(true);
    });
  });
}
