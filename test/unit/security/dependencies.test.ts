import { expect, it } from 'vitest';
import { installedLicence, lockedPackages } from '../../tools/dependencies/lock-file.ts';

const packages = lockedPackages();

/** Licences under which a program like this may be given on; what needs more than a notice is for development alone. */
const allowed = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Python-2.0',
];
const inDevelopment = [...allowed, 'MPL-2.0', 'CC-BY-4.0'];
/** MPL-2.0 asks for the source of its own files alone, which npm brings: noVNC is served as it is. */
const known: Readonly<Record<string, string | null>> = {
  'node_modules/@novnc/novnc': 'MPL-2.0',
  // Its LICENSE is MIT's.
  'node_modules/png-js': null,
};

/** `(A OR B)`, `(A AND B)` or one. */
function isAllowed(licence: string, list: readonly string[]): boolean {
  const terms = licence.replaceAll(/[()]/g, '');
  return terms.includes(' OR ')
    ? terms.split(' OR ').some((each) => list.includes(each))
    : terms.split(' AND ').every((each) => list.includes(each));
}

it('every dependency is locked to its content', () => {
  expect(packages.length).toBeGreaterThan(100);
  const loose = packages.filter(
    ({ integrity, link }) => link !== true && integrity?.startsWith('sha512-') !== true,
  );
  expect(loose.map(({ folder }) => folder)).toEqual([]);
});

it('comes from the public registry and from nowhere else', () => {
  const elsewhere = packages.filter(
    ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
  );
  expect(elsewhere.map(({ folder, resolved }) => `${folder} ${String(resolved)}`)).toEqual([]);
});

it('is under a licence that may be used', () => {
  const wrong = packages.flatMap(({ folder, license, dev }) => {
    const licence = license ?? installedLicence(folder);
    if (known[folder] === licence) return [];
    if (licence === null) return dev === true ? [] : [`${folder}: none`];
    return isAllowed(licence, dev === true ? inDevelopment : allowed) ? [] : [`${folder}: ${licence}`];
  });
  expect(wrong).toEqual([]);
});

/** cmd/setup.sh installs without scripts of packages: these have one, and work without it. A new one is to be looked at first. */
it('runs nothing when it is installed, and needs nothing to have run', () => {
  const scripts = packages
    .filter(({ hasInstallScript }) => hasInstallScript === true)
    .map(({ folder }) => folder);
  expect(scripts).toEqual([
    // Checks and copies a binary that npm has brought as a package of its own.
    'node_modules/@bufbuild/buf',
    // Finds the binary that lies in the package.
    'node_modules/@photostructure/sqlite',
    'node_modules/esbuild',
    // Builds itself where it brings no binary: without one, the Unix sockets are for the daemon's own user.
    'node_modules/koffi',
    // Prints a warning about versions.
    'node_modules/protobufjs',
  ]);
});
