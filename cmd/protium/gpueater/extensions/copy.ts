import { Failure } from '../../failure.ts';
import { parsePlace } from '../../guest/place.ts';
import { runClient } from '../../guest/run-client.ts';
import { remotePlace } from '../../guest/ssh-options.ts';
import type { Fields } from '../fields.ts';
import type { Extension } from './extension.ts';

export const copyFile: Extension = {
  name: 'copy_file',
  command: 'copy',
  description: 'copy a file or a directory to a guest (action=put) or from it (action=get)',
  fields: [
    { name: 'action', description: 'put or get' },
    { name: 'src', description: 'what is copied' },
    { name: 'dst', description: 'where to' },
  ],
  prepare(fields) {
    const action = actionOf(fields);
    const [src, dst] = [fields.text('src', 'source'), fields.text('dst', 'destination')];
    return ({ target, options }) => {
      const remote = (path: string) => remotePlace(target, path);
      const places = action === 'put' ? [localPlace(src), remote(dst)] : [remote(src), localPlace(dst)];
      return runClient('scp', [...options, '-r', '--', ...places]);
    };
  },
};

/** @throws Failure `usage` */
export function actionOf(fields: Fields): 'put' | 'get' {
  const action = fields.text('action');
  if (action === 'put' || action === 'get') return action;
  throw new Failure('usage', `Invalid action => ${action}. It is put or get.`, { exit: 'usage' });
}

/** A file here, whatever its name looks like: never an instance's. */
function localPlace(file: string): string {
  const { instance } = parsePlace(file);
  return instance === null ? parsePlace(file).file : `./${file}`;
}
