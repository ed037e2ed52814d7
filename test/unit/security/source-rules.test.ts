import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const project = path.resolve(import.meta.dirname, '../../..');

const sources: readonly (readonly [file: string, text: string])[] = ['internal', 'cmd'].flatMap((folder) =>
  readdirSync(path.join(project, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.includes('/generated/'))
    .map((name) => [name, readFileSync(path.join(project, name), 'utf8')] as const),
);

/** Files that have it, but for those where it is known to be right. */
const filesWith = (pattern: RegExp, known: readonly string[] = []): readonly string[] =>
  sources.filter(([file, text]) => pattern.test(text) && !known.includes(file)).map(([file]) => file);

it('there are sources', () => {
  expect(sources.length).toBeGreaterThan(500);
});

it.each([
  [
    'a shell',
    /\bshell: (?:true|['"`])|\bexecSync\b|\bexeca(?:Command|Sync)\b|import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'|import \{[^}]*\$[^}]*\} from 'execa'/,
  ],
  ['code from text', /\beval\(|new Function\(|from 'node:vm'/],
  ['a temporary file of a known name', /['"`]\/tmp\/|['"`]\/var\/tmp\//],
  ['mktemp', /\bmktemp\b/],
  [
    'certificates of a server that nobody checks',
    /(?<!requestCert: true, )rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED/,
  ],
  [
    'a random number that can be guessed for a secret',
    /(?:token|secret|ticket|password)\w*\s*=[^;\n]*Math\.random/i,
  ],
])('there is nowhere %s', (_what, pattern) => {
  expect(filesWith(pattern)).toEqual([]);
});

it('a secret is never compared by ===', () => {
  const comparison =
    /\b(?:secret|token|password|digest|hash)\b(?:Hash)? (?:===|!==) (?!null|undefined|''|0|'')[a-z]/;
  expect(
    filesWith(comparison).filter((file) => /identity|consoles|door|authenticate|password/.test(file)),
  ).toEqual([]);
});

it('files that others make in shared directories are made in one that nobody else can read', () => {
  const temporary = sources.filter(([, text]) => /\btmpdir\(\)/.test(text));
  expect(temporary.length).toBeGreaterThan(0);
  for (const [file, text] of temporary) expect(text, file).toMatch(/mkdtemp(?:Sync)?\(/);
});

/** One: how large a window a device with large BARs needs, a number that we have worked out. */
it('no option of QEMU comes from a request', () => {
  expect(filesWith(/qemuCommandLine/)).toEqual([
    'internal/instances/documents/domain.ts',
    'internal/xml/domain/build.ts',
  ]);
  expect(filesWith(/<qemu:|'qemu:[a-z]/)).toEqual(['internal/xml/domain/build.ts']);
});
