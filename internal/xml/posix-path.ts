/** Paths as text: this room may not ask the file system, and libvirt's paths are always POSIX ones. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/**
 * A path relative to a directory as an absolute one without `.`, `..` and double slashes. Symbolic links are not
 * looked at.
 */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${isAbsolute(path) ? '' : directory}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
