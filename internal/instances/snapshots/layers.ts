import path from 'node:path/posix';

/** A file of a disk's chain. */
export interface LayerFile {
  readonly path: string;
  /** The file that it is a layer on; null: none. */
  readonly backing: string | null;
}

const layerPattern = /\.layer-[0-9a-f]{12}\.qcow2$/;

/**
 * The file of a new layer on a disk: beside it, called after the volume at the bottom, so that it is known by its name whose
 * it is.
 *
 * @param id twelve lower-case hexadecimal digits that were made up for it
 */
export function layerPath(file: string, id: string): string {
  return path.join(path.dirname(file), `${stemOf(file)}.layer-${id}.qcow2`);
}

/** Whether Protium made that file as a layer. */
export function isLayer(file: string): boolean {
  return layerPattern.test(file);
}

/** Whether it is a layer over that volume, by its place and name. */
export function isLayerOf(file: string, volume: string): boolean {
  return isLayer(file) && path.dirname(file) === path.dirname(volume) && stemOf(file) === stemOf(volume);
}

function stemOf(file: string): string {
  const name = path.basename(file);
  return isLayer(name) ? name.replace(layerPattern, '') : name.replace(/\.[a-z0-9]+$/, '');
}

/** What has become superfluous in the chains of an instance's disks. */
export type Tidying =
  | { readonly action: 'delete'; readonly path: string }
  /**
   * What is in `top` goes into `base`, which then stands for it. `through`: the end of a chain that both are in; `top` itself
   * when nothing is above it.
   */
  | { readonly action: 'merge'; readonly top: string; readonly base: string; readonly through: string };

/**
 * What is to be done next so that the chains hold no more than what the disks and the snapshots need; null: nothing. Pure.
 *
 * @param files all files of the chains: the volumes at the bottom, and the layers over them
 * @param needed files that disks or snapshots stand for
 */
export function nextTidying(files: readonly LayerFile[], needed: ReadonlySet<string>): Tidying | null {
  const above = (file: string): readonly LayerFile[] => files.filter(({ backing }) => backing === file);
  for (const { path: file } of files) {
    const on = above(file);
    // The volumes at the bottom are nobody's to delete here.
    if (isLayer(file) && on.length === 0 && !needed.has(file)) return { action: 'delete', path: file };
  }
  for (const { path: file } of files) {
    if (needed.has(file)) continue;
    const [top, another] = above(file);
    if (top === undefined || another !== undefined) continue;
    const onTop = above(top.path);
    // Only the layers of one chain are told that what they are on has another name by now.
    if (onTop.length > 1) continue;
    return { action: 'merge', top: top.path, base: file, through: endAbove(top.path, above) };
  }
  return null;
}

function endAbove(file: string, above: (file: string) => readonly LayerFile[]): string {
  const [next] = above(file);
  return next === undefined ? file : endAbove(next.path, above);
}
