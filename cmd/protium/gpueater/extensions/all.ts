import { copyFile } from './copy.ts';
import type { Extension } from './extension.ts';
import { deleteFile, fileList, makeDirectory, moveFile } from './files.ts';
import { loginInstance } from './login.ts';
import { synchronizeFiles } from './synchronize.ts';
import { tunnel } from './tunnel.ts';

/** GPUEater's functions that need a guest's sshd and nothing of the daemon's own, in its order. */
export const extensions: readonly Extension[] = [
  copyFile,
  deleteFile,
  moveFile,
  makeDirectory,
  fileList,
  synchronizeFiles,
  loginInstance,
  tunnel,
];
