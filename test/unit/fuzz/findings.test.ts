import { InvalidArgumentError } from 'commander';
import { expect, it, onTestFinished } from 'vitest';
import { parseSize } from '../../../cmd/protium/commands/parse-size.ts';
import { parseConfig } from '../../../cmd/protium/config-file/parse-config.ts';
import { Failure } from '../../../cmd/protium/failure.ts';
import { cutText } from '../../../internal/errors/cut-text.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { parseFlavorSettings } from '../../../internal/flavors/settings.ts';
import { LibvirtProtocolError } from '../../../internal/libvirt/error.ts';
import { parseDhcpLeases } from '../../../internal/libvirt/virsh/output/addresses.ts';
import { nameIn } from '../../../internal/libvirt/virsh/output/document.ts';
import { requirePersistent } from '../../../internal/storage/require-persistent.ts';
import { guestFacts } from '../../../internal/guest-agent/guest-facts.ts';
import { readManifest } from '../../../internal/provision/repository/manifests/read-manifest.ts';
import { parseXml } from '../../../internal/xml/parse.ts';

/** What the fuzzers have found, each as small as it got. */
const manifest = (path: string, text: string) => readManifest({ path, text, cut: false });

it('a message does not quote a document without end', () => {
  const thrown = (() => {
    try {
      parseXml(`<a></${'b'.repeat(100_000)}>`);
    } catch (error) {
      return error as ProtiumError;
    }
    return null;
  })();
  expect(thrown?.code).toBe('document-malformed');
  expect(thrown?.message.length).toBeLessThanOrEqual(2000);
});

it('what is cut between the halves of a character has no half of it', () => {
  expect(cutText(`${'a'.repeat(8)}\u{1f4a5}${'a'.repeat(20)}`, 10)).toBe(`${'a'.repeat(8)}\ufffd…`);
  expect(() => encodeURI(new ProtiumError('argument-invalid', '\ud83d').message)).not.toThrow();
});

it("virsh's lines with a time that is none", () => {
  expect(() => parseDhcpLeases('x 23:19:53 52:54:00:aa:bb:01 ipv4 192.0.2.1/24 a -\n', 'br')).toThrow(
    LibvirtProtocolError,
  );
});

it('a document of virsh that is none', () => {
  expect(() => nameIn('<', 'domain')).toThrow(LibvirtProtocolError);
});

it.each([
  ['an alias that leads nowhere', 'a: *b\n'],
  ['an alias in a circle', 'a: &b [*b]\n'],
  [
    'aliases that make much of little',
    `a: &a [x]\n${'bcdefghi'.replaceAll(/./g, (name) => `${name}: &${name} [${`*${String.fromCharCode(name.charCodeAt(0) - 1)}, `.repeat(9)}x]\n`)}`,
  ],
])('%s in a config', (_what, text) => {
  expect(() => parseConfig(text, 'yaml', 'config.yaml')).toThrow(Failure);
});

it('a config that is nested without end', () => {
  expect(() => parseConfig('['.repeat(100_000), 'json', 'config.json')).toThrow(Failure);
});

it('settings in odd YAML say nothing on standard error', () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  expect(() => parseFlavorSettings('%odd\n---\n!!js/function x', 'flavors.yaml')).toThrow(ProtiumError);
  expect(warnings).toEqual([]);
});

/** Each took minutes: their lines were split anew for each line. */
it.each(['go.mod', 'setup.py', 'CMakeLists.txt'])('%s of many lines', { timeout: 20_000 }, (path) => {
  expect(manifest(path, '\n'.repeat(100_000)).dependencies).toEqual([]);
});

it.each([
  ['package.json', (name: string) => `{"dependencies":{"${name}":"1"}}`],
  ['pyproject.toml', (name: string) => `[tool.poetry.dependencies]\n"${name}" = "1"\n`],
])('a name in %s from which no regular expression can be made', (path, text) => {
  expect(manifest(path, text('\u{10000}'.repeat(30_000))).dependencies).toEqual([]);
  expect(manifest(path, text('a.b')).dependencies).toHaveLength(1);
});

it.each(['1constructor', '5toString', '1__proto__'])('a unit of the name of a property: %s', (text) => {
  expect(() => parseSize(text)).toThrow(InvalidArgumentError);
});

/** libvirt's own answer is an internal error, which became a 500. */
it.each(['pool', 'network'] as const)(
  'a %s that lasts only until it stops cannot start with the host',
  (what) => {
    expect(() => requirePersistent(what, { name: 'a', persistent: false })).toThrow(
      expect.objectContaining({
        code: 'state-conflict',
        message: expect.stringContaining('virsh') as string,
      }) as Error,
    );
    expect(() => requirePersistent(what, { name: 'a', persistent: true })).not.toThrow();
  },
);

it.each([Infinity, NaN, -Infinity])('a guest that counts its file systems to %d', (count) => {
  expect(guestFacts({ 'fs.count': count }).filesystems).toEqual([]);
});
