import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { UnsupportedCallError } from '../../../../internal/libvirt/error.ts';
import { describeCall, explainCall, formatCommandLine } from '../../../../internal/libvirt/virsh/describe.ts';

const domain = { name: '-rf "x"', uuid: 'd39d6db5-ee31-4ad5-bd0c-866bd0333c76', id: null };
const volume = { pool: 'my pool', name: '-v', key: '/pool/-v' };

describe('describeCall', () => {
  test('names a document as a file', () => {
    expect(describeCall('domains.define', ['<domain/>', { validate: true }])).toEqual([
      ...['virsh', '-c', 'qemu:///system', 'define', '--file=domain.xml', '--validate'],
    ]);
  });

  test('shows a domain by its uuid, and all options', () => {
    expect(
      describeCall(
        'domains.undefine',
        [domain, { managedSave: true, snapshotsMetadata: true, nvram: 'keep', tpm: 'remove' }],
        'qemu+ssh://h/system',
      ),
    ).toEqual([
      ...['virsh', '-c', 'qemu+ssh://h/system', 'undefine', `--domain=${domain.uuid}`],
      ...['--managed-save', '--snapshots-metadata', '--keep-nvram', '--tpm'],
    ]);
  });

  test('keeps names that look like options inside of options', () => {
    expect(describeCall('volumes.resize', [volume, 10n, { shrink: true }]).slice(3)).toEqual([
      ...['vol-resize', '--pool=my pool', '--vol=-v', '--capacity=10B', '--shrink'],
    ]);
  });

  test('hides a password', () => {
    const words = describeCall('domains.setUserPassword', [domain, 'root', 'opensesame']);
    expect(words).toContain('--password=<confidential>');
    expect(words.join(' ')).not.toContain('opensesame');
  });

  test('sets a limit in bytes, and only if asked for', () => {
    expect(
      describeCall('domains.blockPull', [domain, 'vda', { bandwidthBytesPerSecond: 5n }]).slice(5),
    ).toEqual(['--path=vda', '--bandwidth=5', '--bytes']);
    expect(describeCall('domains.blockPull', [domain, 'vda']).slice(5)).toEqual(['--path=vda']);
  });

  test.each([
    [{}, ['--all']],
    [{ active: true }, []],
    [{ active: false, persistent: true }, ['--inactive', '--persistent']],
    [{ persistent: false, autostart: true }, ['--all', '--transient', '--autostart']],
    [{ active: true, managedSave: false }, ['--without-managed-save']],
  ])('turns the filter %j of a list into options', (filter, options) => {
    expect(describeCall('domains.list', [filter])).toEqual([
      ...['virsh', '-c', 'qemu:///system', 'list', ...options, '--uuid', '--name', '--id'],
    ]);
  });

  test('refuses a call that virsh cannot make', () => {
    expect(() => describeCall('domains.openConsole', [domain])).toThrow(UnsupportedCallError);
  });
});

describe('formatCommandLine', () => {
  test('leaves plain words alone', () => {
    expect(formatCommandLine(['virsh', '-c', 'qemu:///system', 'start', '--domain=a-b_1.x'])).toBe(
      'virsh -c qemu:///system start --domain=a-b_1.x',
    );
  });

  test.each([
    '',
    ' ',
    "it's",
    '"',
    '$HOME',
    '`id`',
    'a\nb',
    '\\',
    "'",
    '-',
    '*',
    '~',
    '#x',
    'é',
    '!!',
    '[a]',
  ])('is read back by a shell as the same words: %j', async (word) => {
    const line = formatCommandLine(['printf', '%s\\0', word, 'end']);
    const { stdout } = await execa('sh', ['-c', line], { stripFinalNewline: false });
    expect(stdout.split('\0').slice(0, 2)).toEqual([word, 'end']);
  });
});

describe('explainCall', () => {
  test('brings the document along', () => {
    expect(explainCall('domains.createXml', ['<domain>\n</domain>', { paused: true }])).toBe(
      [
        "cat > domain.xml <<'END'",
        '<domain>',
        '</domain>',
        'END',
        'virsh -c qemu:///system create --file=domain.xml --paused',
      ].join('\n'),
    );
  });

  test('ends the document with a line that is not in it', () => {
    expect(explainCall('pools.define', ['<pool>\nEND\n</pool>\n'])).toBe(
      [
        "cat > pool.xml <<'END_'",
        '<pool>',
        'END',
        '</pool>',
        'END_',
        'virsh -c qemu:///system pool-define --file=pool.xml',
      ].join('\n'),
    );
  });

  test('does not show the value of a secret', () => {
    const secret = { uuid: 'f19f9c45-c319-451b-b263-be61763402d4', usageType: 'none', usageId: '' } as const;
    const text = explainCall('secrets.setValue', [secret, Buffer.from('hello')]);
    expect(text).toContain('<confidential>');
    expect(text).not.toContain(Buffer.from('hello').toString('base64'));
  });

  test('shows all commands of a call that needs more than one', () => {
    expect(explainCall('volumes.lookupByPath', ['/pool/a b']).split('\n')).toEqual([
      "virsh -c qemu:///system vol-pool '--vol=/pool/a b'",
      "virsh -c qemu:///system vol-name '--vol=/pool/a b'",
      "virsh -c qemu:///system vol-key '--vol=/pool/a b'",
    ]);
  });
});
