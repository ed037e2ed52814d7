import { mkdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../failure.ts';
import { readClient } from '../../guest/run-client.ts';
import { bracketed } from '../../guest/ssh-options.ts';
import type { Connection } from '../connection.ts';
import { remoteLine } from '../remote-command.ts';
import { getBatch, putBatch, type Sides } from '../synchronize/batch.ts';
import { differences, type Differences } from '../synchronize/differences.ts';
import { localManifest } from '../synchronize/local-manifest.ts';
import { divider, readManifest, type Manifest } from '../synchronize/manifest.ts';
import { actionOf } from './copy.ts';
import type { Extension } from './extension.ts';

export const synchronizeFiles: Extension = {
  name: 'synchronize_files',
  command: 'synchronize',
  description:
    'copy what differs by size or time, from a directory to one in a guest (action=put) or back (get)',
  fields: [
    { name: 'action', description: 'put or get' },
    { name: 'src', description: 'the directory whose content is copied' },
    { name: 'dst', description: 'the directory that becomes like it; made if it is not there' },
    { name: 'delete', description: 'true: what the first does not have is deleted in the second' },
  ],
  prepare(fields) {
    const action = actionOf(fields);
    const [src, dst] = [fields.text('src', 'source'), fields.text('dst', 'destination')];
    const remove = fields.flag('delete');
    return async (connection, { output }) => {
      const toGuest = action === 'put';
      const sides = toGuest ? { local: src, remote: dst } : { local: dst, remote: src };
      // What is here first: nothing is made in the guest for a directory that is not there.
      const absent = new Failure('file-not-found', `There is no directory "${src}".`, { exit: 'notFound' });
      const local = await localManifest(sides.local, toGuest ? absent : null);
      const remote = await remoteManifest(connection, sides.remote, { make: toGuest });
      if (typeof remote === 'number') return remote;
      const [source, target] = toGuest ? [local, remote] : [remote, local];
      const changes = differences(source, target, { remove });
      const exitCode = toGuest
        ? await put(connection, changes, sides)
        : await get(connection, changes, sides);
      if (changes.leftOut.length > 0) {
        output.note(`Left out, neither file nor directory: ${changes.leftOut.join(', ')}`);
      }
      if (exitCode === 0) {
        const removed = changes.removedFiles.length + changes.removedDirectories.length;
        const { files, directories } = changes;
        output.object(
          { copied: files, made: directories, removed },
          {
            names: files,
            text: () =>
              `${files.length} copied, ${directories.length} directories made, ${removed} removed\n`,
          },
        );
      }
      return exitCode;
    };
  },
};

/** A number: the exit code of the ssh that failed; it has said why. */
async function remoteManifest(
  { target, options }: Connection,
  directory: string,
  { make }: { readonly make: boolean },
): Promise<Manifest | number> {
  const place = { path: directory };
  const commands = [
    ...(make ? [remoteLine(['mkdir', '-p', '--', place])] : []),
    remoteLine(['cd', '--', place]),
    'find . -type d',
    `echo ${divider}`,
    "find . -type f -exec stat -c '%s %Y %n' {} +",
    `echo ${divider}`,
    'find . ! -type d ! -type f',
  ];
  const { exitCode, stdout } = await readClient('ssh', [
    ...options,
    '--',
    target.address,
    commands.join(' && '),
  ]);
  return exitCode === 0 ? readManifest(stdout) : exitCode;
}

async function put(connection: Connection, changes: Differences, sides: Sides): Promise<number> {
  return sftp(connection, putBatch(changes, sides));
}

async function get(connection: Connection, changes: Differences, sides: Sides): Promise<number> {
  const here = (inner: string): string => path.join(sides.local, inner);
  await mkdir(sides.local, { recursive: true });
  for (const file of changes.removedFiles) await rm(here(file));
  for (const directory of changes.removedDirectories) await rmdir(here(directory));
  for (const directory of changes.directories) await mkdir(here(directory));
  return sftp(connection, getBatch(changes.files, sides));
}

async function sftp({ target, options }: Connection, batch: string): Promise<number> {
  if (batch === '') return 0;
  // A batch of sftp's asks for no passphrase otherwise.
  const args = ['-o', 'BatchMode=no', ...options, '-b', '-', '--', bracketed(target.address)];
  const { exitCode } = await readClient('sftp', args, batch);
  return exitCode;
}
