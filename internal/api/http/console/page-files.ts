import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readInstalledFile } from '../../installed-file.ts';

/** One file of the page, by its path in the address. */
export interface PageFile {
  readonly type: string;
  readonly read: () => Buffer;
}

const javascript = 'text/javascript; charset=utf-8';
const css = 'text/css; charset=utf-8';

/**
 * All that the console's page needs: our own files, xterm.js and noVNC. Files of packages are listed once; nothing else is
 * ever served.
 */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const require = createRequire(import.meta.url);
  const own = (name: string): (() => Buffer) => {
    const bytes = readInstalledFile('internal', 'api', 'http', 'console', 'page', name);
    return () => bytes;
  };
  const ofPackage = (file: string) => () => readFileSync(require.resolve(file));
  // rfb.js is the package's entry: the package lies one above.
  const novnc = path.dirname(path.dirname(require.resolve('@novnc/novnc')));
  return new Map<string, PageFile>([
    ['/console', { type: 'text/html; charset=utf-8', read: own('index.html') }],
    ['/console/page.js', { type: javascript, read: own('page.js') }],
    ['/console/page.css', { type: css, read: own('page.css') }],
    ['/console/xterm.css', { type: css, read: ofPackage('@xterm/xterm/css/xterm.css') }],
    ['/console/xterm.mjs', { type: javascript, read: ofPackage('@xterm/xterm/lib/xterm.mjs') }],
    ['/console/addon-fit.mjs', { type: javascript, read: ofPackage('@xterm/addon-fit/lib/addon-fit.mjs') }],
    ...['core', 'vendor'].flatMap((folder) => scriptsUnder(novnc, folder)),
  ]);
}

function scriptsUnder(root: string, folder: string): readonly (readonly [string, PageFile])[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.endsWith('.js')) return [];
    const file = path.join(entry.parentPath, entry.name);
    const address = `/console/novnc/${path.relative(root, file).split(path.sep).join('/')}`;
    return [[address, { type: javascript, read: () => readFileSync(file) }] as const];
  });
}
