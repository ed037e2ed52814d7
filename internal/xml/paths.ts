import { mapElements, setAttribute, setText } from './edit.ts';
import { type DocumentKind, type PathPlace, pathPlaces, type PathRole } from './path-places.ts';
import { isAbsolute, resolvePath } from './posix-path.ts';
import { attribute, children, textOf, type XmlElement } from './tree.ts';

/** One path that a document names, and where. */
export interface DocumentPath {
  readonly path: string;
  /** e.g. `devices/disk/source@file` or `os/kernel`. */
  readonly element: string;
  readonly role: PathRole;
}

/**
 * Makes the relative paths of a document absolute, in the places that hold paths by libvirt's schemas and nowhere
 * else. Absolute paths, URLs, and programs that are only a name are left as they are.
 *
 * @param baseDirectory absolute
 */
export function resolveDocumentPaths(
  document: XmlElement,
  kind: DocumentKind,
  baseDirectory: string,
): XmlElement {
  return mapElements(document, (el, ancestors) =>
    placesOf(el, ancestors, kind).reduce((changed, place) => {
      const path = pathIn(el, place);
      if (path === null || !isRelative(path, place)) return changed;
      const absolute = resolvePath(baseDirectory, path);
      return place.attribute === null
        ? setText(changed, absolute)
        : setAttribute(changed, place.attribute, absolute);
    }, el),
  );
}

/** Every path that a document names, in document order. */
export function documentPaths(document: XmlElement, kind: DocumentKind): readonly DocumentPath[] {
  return pathsBelow(document, [], kind);
}

/**
 * Parts of a domain document that libvirt hands to QEMU unread, and that may name any file: `documentPaths` cannot
 * look into them. Empty for most documents.
 */
export function unreadableParts(domain: XmlElement): readonly string[] {
  return children(domain)
    .map(({ name }) => name)
    .filter((name) => /^(?:[^:]+:)?(?:commandline|override)$/.test(name));
}

function pathsBelow(
  el: XmlElement,
  ancestors: readonly XmlElement[],
  kind: DocumentKind,
): readonly DocumentPath[] {
  if (isForeign(el, ancestors)) return [];
  const own = placesOf(el, ancestors, kind).flatMap((place): DocumentPath[] => {
    const path = pathIn(el, place);
    if (path === null) return [];
    const names = [...ancestors.slice(1), el].map(({ name }) => name).join('/');
    return [
      { path, element: place.attribute === null ? names : `${names}@${place.attribute}`, role: place.role },
    ];
  });
  const inner = [...ancestors, el];
  return [...own, ...children(el).flatMap((child) => pathsBelow(child, inner, kind))];
}

function placesOf(
  el: XmlElement,
  ancestors: readonly XmlElement[],
  kind: DocumentKind,
): readonly PathPlace[] {
  if ([...ancestors, el].some((one, depth) => isForeign(one, ancestors.slice(0, depth)))) return [];
  return pathPlaces[kind].filter(({ elements, only }) => {
    const names = [...ancestors, el].slice(-elements.length);
    const matches =
      names.length === elements.length && names.every((one, index) => one.name === elements[index]);
    return matches && (only === undefined || only(el, ancestors));
  });
}

/** What other applications keep in a domain is theirs, whatever it is called. */
function isForeign(el: XmlElement, ancestors: readonly XmlElement[]): boolean {
  return el.name === 'metadata' && ancestors.length > 0;
}

function pathIn(el: XmlElement, place: PathPlace): string | null {
  const path = place.attribute === null ? textOf(el) : attribute(el, place.attribute);
  return path === '' ? null : path;
}

function isRelative(path: string, place: PathPlace): boolean {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
  const isName = place.role === 'program' && !path.includes('/');
  return !isAbsolute(path) && !isUrl && !isName;
}
