import type { MachineFiles } from '../../../internal/host/files.ts';
import { Tree } from '../../fixtures/hosts/tree.ts';
import { treeFiles } from '../../fixtures/hosts/tree-files.ts';

/** A machine that has only these files; `-> target` is a link to another path of it, a name that ends in / a directory. */
export function machineOf(entries: Readonly<Record<string, string | number | Uint8Array>>): MachineFiles {
  const tree = new Tree();
  for (const [file, content] of Object.entries(entries)) {
    if (file.endsWith('/')) tree.directory(file.slice(0, -1));
    else if (content instanceof Uint8Array) tree.bytes(file, content);
    else if (typeof content === 'string' && content.startsWith('-> ')) {
      const target = content.slice(3);
      if (target.startsWith('/')) tree.linkTo(file, target);
      else tree.link(file, target);
    } else tree.text(file, content);
  }
  return treeFiles(tree);
}
