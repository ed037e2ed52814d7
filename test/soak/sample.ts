import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SoakHost } from './soak-host.ts';

/** What must not grow, and how large it is now. */
export interface Sample {
  readonly done: number;
  readonly descriptors: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly libvirtConnections: number;
  /** Files of the state directory beside the database and its locks, and of unfinished uploads. */
  readonly temporaryFiles: number;
  readonly databaseBytes: number;
}

const kept = /^(?:protium\.db(?:-wal|-shm)?|.*\.lock|.*key.*|held.*)$/;

export async function takeSample({ host, daemon, stateDirectory }: SoakHost, done: number): Promise<Sample> {
  const held = await daemon.measure();
  const sockets = await host.run('ss', ['-xH', 'state', 'connected']);
  const names = await readdir(stateDirectory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !kept.test(entry.name));
  const incoming = await host.run('find', ['/var/lib/libvirt/images', '-name', '.*', '-type', 'f'], {
    reject: false,
  });
  const sizes = await Promise.all(
    ['protium.db', 'protium.db-wal'].map((name) =>
      stat(path.join(stateDirectory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return {
    done,
    ...held,
    libvirtConnections: sockets.stdout.split('\n').filter((line) => line.includes('/libvirt-sock')).length,
    temporaryFiles: files.length + incoming.stdout.split('\n').filter(Boolean).length,
    databaseBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}
