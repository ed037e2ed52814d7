import { runClient } from '../../guest/run-client.ts';
import { expendable, remoteLine, type RemoteWord } from '../remote-command.ts';
import type { Connection } from '../connection.ts';
import type { Extension } from './extension.ts';

const inShell =
  (words: readonly RemoteWord[]) =>
  ({ target, options }: Connection): Promise<number> =>
    runClient('ssh', [...options, '--', target.address, remoteLine(words)]);

export const deleteFile: Extension = {
  name: 'delete_file',
  command: 'delete',
  description: 'delete a file in a guest, or with recursive=true a whole directory',
  fields: [
    { name: 'src', description: 'what is deleted' },
    { name: 'recursive', description: 'true: a directory with all that is in it' },
  ],
  prepare(fields) {
    const path = expendable(fields.text('src', 'source'));
    return inShell(['rm', ...(fields.flag('recursive') ? ['-r'] : []), '--', { path }]);
  },
};

export const moveFile: Extension = {
  name: 'move_file',
  command: 'move',
  description: 'move or rename a file or directory in a guest',
  fields: [
    { name: 'src', description: 'what is moved' },
    { name: 'dst', description: 'where to' },
  ],
  prepare(fields) {
    const path = expendable(fields.text('src', 'source'));
    return inShell(['mv', '--', { path }, { path: fields.text('dst', 'destination') }]);
  },
};

export const makeDirectory: Extension = {
  name: 'make_directory',
  command: 'mkdir',
  description: 'make a directory in a guest, with those above it',
  fields: [{ name: 'dst', description: 'the directory; src means the same' }],
  prepare: (fields) =>
    inShell(['mkdir', '-p', '--', { path: fields.text('dst', 'src', 'destination', 'source') }]),
};

export const fileList: Extension = {
  name: 'file_list',
  command: 'list',
  description: 'list what is in a directory of a guest',
  fields: [{ name: 'src', description: 'the directory, or a file' }],
  prepare: (fields) => inShell(['ls', '-la', '--', { path: fields.text('src', 'source') }]),
};
