/** What a pool is made of, by its kind. Paths are absolute. */
export type PoolSource =
  | { readonly kind: 'dir'; readonly path: string }
  | {
      readonly kind: 'fs';
      readonly device: string;
      /** null: the kernel finds out. */
      readonly format: string | null;
      readonly mountPath: string;
    }
  | {
      readonly kind: 'netfs';
      readonly host: string;
      readonly directory: string;
      readonly format: string;
      readonly mountPath: string;
    }
  | { readonly kind: 'logical'; readonly group: string }
  | { readonly kind: 'zfs'; readonly dataset: string }
  | {
      readonly kind: 'rbd';
      readonly cephPool: string;
      readonly monitors: readonly { readonly name: string; readonly port?: number }[];
      /** null: the cluster asks for no authentication. */
      readonly login: { readonly user: string; readonly secretUuid: string } | null;
    };

/** The directory of the host under which a pool's volumes are files of its own; null: they are none. */
export function directoryOf(source: PoolSource): string | null {
  switch (source.kind) {
    case 'dir':
      return source.path;
    case 'fs':
    case 'netfs':
      return source.mountPath;
    case 'logical':
    case 'zfs':
    case 'rbd':
      return null;
  }
}

/** Pools whose volumes are files: these have formats, and content that is sent. */
export function isPoolOfFiles(type: string): boolean {
  return type === 'dir' || type === 'fs' || type === 'netfs';
}
