import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { GuestWishes } from '../../../internal/cloud-init/cloud-config.ts';
import { seedFiles, type SeedFiles } from '../../../internal/cloud-init/seed-files.ts';
import { readUserData } from '../../../internal/cloud-init/user-data.ts';

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const wishes: GuestWishes = {
  hostname: 'helium',
  login: { user: 'debian', shell: '/bin/bash' },
  setup: { username: 'alice', sshKeys: ['ssh-ed25519 AAAA alice@laptop'] },
  passwordHash: null,
  hostKeys: [
    { type: 'ed25519', privateKey: '-----BEGIN\nprivate\n-----END\n', publicKey: 'ssh-ed25519 BBBB' },
    { type: 'ecdsa', privateKey: '-----BEGIN\nother\n-----END\n', publicKey: 'ecdsa-sha2-nistp256 CCCC' },
  ],
  agentPackage: null,
};

function seed(changes: Partial<GuestWishes> = {}, text: string | null = null): SeedFiles {
  const answer = text === null ? null : readUserData(text);
  if (answer?.ok === false) throw new Error(answer.problem);
  return seedFiles(uuid, { ...wishes, ...changes }, answer?.userData ?? null);
}

/** As PyYAML would read it: YAML 1.1. */
function configOf({ files }: SeedFiles): Record<string, unknown> {
  const text = files['user-data'];
  expect(text.split('\n')[0]).toBe('#cloud-config');
  return parse(text, { version: '1.1' }) as Record<string, unknown>;
}

const only = (config: Record<string, unknown>) =>
  (config['users'] as Record<string, unknown>[] | undefined)?.[0] ?? {};

/** The parts of a MIME message: head and body, decoded; the first is what stands before them. */
const decoded = (text: string) =>
  text.split(/^--==protium-\d+==(?:--)?$/m).map((part) => {
    const [, head = '', body = ''] = /^\n?([^]*?)\n\n([^]*)$/.exec(part) ?? [];
    return head.includes('base64') ? [head, Buffer.from(body, 'base64').toString()] : [head, body];
  });

describe('the seed', () => {
  it('names the guest, makes its user and brings the host keys', () => {
    const made = seed();
    expect(parse(made.files['meta-data'])).toEqual({ 'instance-id': uuid, 'local-hostname': 'helium' });
    expect(configOf(made)).toEqual({
      hostname: 'helium',
      users: [
        {
          name: 'alice',
          lock_passwd: true,
          ssh_authorized_keys: ['ssh-ed25519 AAAA alice@laptop'],
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          shell: '/bin/bash',
        },
      ],
      ssh_keys: {
        ed25519_private: '-----BEGIN\nprivate\n-----END\n',
        ed25519_public: 'ssh-ed25519 BBBB',
        ecdsa_private: '-----BEGIN\nother\n-----END\n',
        ecdsa_public: 'ecdsa-sha2-nistp256 CCCC',
      },
    });
    expect(made.sshHostKeys).toEqual(['ssh-ed25519 BBBB', 'ecdsa-sha2-nistp256 CCCC']);
  });

  it('lets a password in by ssh only where there is no key', () => {
    const hash = '$6$salt$hash';
    const both = configOf(seed({ passwordHash: hash }));
    expect(only(both)).toMatchObject({ hashed_passwd: hash, lock_passwd: false });
    expect(both).not.toHaveProperty('ssh_pwauth');
    const alone = configOf(seed({ passwordHash: hash, setup: { username: 'alice', sshKeys: [] } }));
    expect(alone).toMatchObject({ ssh_pwauth: true });
  });

  it('without a name it is the user of such images; root needs neither sudo nor a shell', () => {
    const setup = { username: null, sshKeys: ['k'] };
    expect(only(configOf(seed({ setup })))['name']).toBe('debian');
    const root = configOf(seed({ setup, login: { user: 'root', shell: null } }));
    expect(root).toMatchObject({ disable_root: false });
    expect(only(root)).toEqual({ name: 'root', lock_passwd: true, ssh_authorized_keys: ['k'] });
  });

  it('without credentials the image keeps its own user', () => {
    const setup = { username: null, sshKeys: [] };
    expect(configOf(seed({ setup }, '#cloud-config\nruncmd: [reboot]'))).not.toHaveProperty('users');
  });

  it('installs the guest agent', () => {
    const config = configOf(seed({ agentPackage: 'qemu-guest-agent' }));
    expect(config).toMatchObject({
      packages: ['qemu-guest-agent'],
      runcmd: [['sh', '-c', expect.anything()]],
    });
  });
});

describe('a cloud-config of the user', () => {
  const merged = (text: string, changes: Partial<GuestWishes> = {}) =>
    configOf(seed(changes, `#cloud-config\n${text}`));

  it('wins where both say something; lists are ours, then theirs', () => {
    const config = merged('hostname: mine\npackages: [vim]\nruncmd:\n- [a]\nntp: {enabled: true}', {
      agentPackage: 'agent',
    });
    expect(config).toMatchObject({
      hostname: 'mine',
      packages: ['agent', 'vim'],
      runcmd: [['sh', '-c', expect.anything()], ['a']],
      ntp: { enabled: true },
    });
  });

  it('users of one name are one user', () => {
    const config = merged(`
users:
- default
- name: bob
- name: alice
  shell: /bin/zsh
  ssh_authorized_keys: [theirs]
`);
    expect(config['users']).toEqual([
      'default',
      { name: 'bob' },
      {
        name: 'alice',
        shell: '/bin/zsh',
        ssh_authorized_keys: ['ssh-ed25519 AAAA alice@laptop', 'theirs'],
        lock_passwd: true,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
      },
    ]);
    expect(merged('users: [alice, bob]')['users']).toMatchObject([{ name: 'alice', sudo: /./ }, 'bob']);
  });

  it('a password of theirs counts, however they write it', () => {
    const config = merged('users:\n- {name: alice, plain_text_passwd: theirs, lock_passwd: false}', {
      passwordHash: '$6$ours',
    });
    expect(only(config)).toMatchObject({ plain_text_passwd: 'theirs', lock_passwd: false });
    expect(only(config)).not.toHaveProperty('hashed_passwd');
  });

  it('the default user stays where they speak of it', () => {
    expect(merged('password: hunter2')['users']).toMatchObject(['default', { name: 'alice' }]);
    expect(merged('users:\npassword: hunter2')['users']).toMatchObject(['default', { name: 'alice' }]);
  });

  it('a domain name and host keys of theirs leave ours out', () => {
    const made = seed(
      {},
      '#cloud-config\nfqdn: a.example.org\nssh_keys:\n  rsa_private: p\n  rsa_public: ssh-rsa DDDD\n',
    );
    expect(configOf(made)).not.toHaveProperty('hostname');
    expect(configOf(made)['ssh_keys']).toEqual({ rsa_private: 'p', rsa_public: 'ssh-rsa DDDD' });
    expect(made.sshHostKeys).toEqual(['ssh-rsa DDDD']);
  });

  it('is kept as it was written: octal modes, words, anchors, tags', () => {
    const text = `# a remark
write_files:
  - path: /x
    permissions: 0644
    content: |
      yes: no
base: &base
  - one
runcmd: *base
again: *base
y: y
data: !!binary aGk=
`;
    const made = seed({ agentPackage: 'agent' }, `#cloud-config\n${text}`).files['user-data'];
    for (const line of ['permissions: 0644', 'y: y', 'data: !!binary aGk=', '      yes: no', 'again: *base'])
      expect(made).toContain(line);
    expect(parse(made, { version: '1.1' })).toMatchObject({
      runcmd: [['sh', '-c', expect.anything()], 'one'],
      again: ['one'],
    });
  });

  it('may be empty, JSON, or begin after blank lines', () => {
    for (const text of ['', '\n', '{"packages": ["vim"]}', '--- # here\npackages: [vim]\n...\n'])
      expect(only(merged(text))['name']).toBe('alice');
    expect(configOf(seed({}, '\ufeff\n  #Cloud-Config\npackages: [vim]'))).toMatchObject({
      packages: ['vim'],
    });
  });

  it.each([
    ['a list without end', 'a: [', /^it is not YAML: line 2, /],
    ['a key twice', 'a: 1\na: 2', /^it is not YAML: line 3, DUPLICATE_KEY/],
    ['a list', '- s3cret', /^it must be a map/],
    ['text', 's3cret', /^it must be a map/],
    ['an alias of nothing', 'a: *s3cret', /^it has an alias/],
    ['two documents', '--- {}\n--- {}', /MULTIPLE_DOCS/],
    ['a deep one', `a: ${'['.repeat(70)}${']'.repeat(70)}`, /^it is nested more than 64/],
    ['a very deep one', `a: ${'['.repeat(100_000)}`, /^it is (not YAML|nested)/],
    [
      'a very deep block',
      Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      /^it is/,
    ],
  ])('%s is refused, without its words', (_name, text, problem) => {
    const answer = readUserData(`#cloud-config\n${text}`);
    if (answer.ok) throw new Error('it was taken');
    expect(answer.problem).toMatch(problem);
    expect(answer.problem).not.toContain('s3cret');
  });
});

describe('user-data in another form', () => {
  it.each([
    ['#!/bin/sh\necho ü >/x\n', 'text/x-shellscript'],
    ['#include\nhttps://example.org/x\n', 'text/x-include-url'],
    ['#include-once\nhttps://example.org/x\n', 'text/x-include-once-url'],
    ['#cloud-boothook\nx', 'text/cloud-boothook'],
    ['#cloud-config-archive\n- x', 'text/cloud-config-archive'],
    ['#part-handler\nx', 'text/part-handler'],
    ['## template: jinja\n#cloud-config\nhostname: {{ v1.x }}', 'text/jinja2'],
  ])('%j goes along as a part', (text, type) => {
    const [head, ours, theirs] = decoded(seed({}, text).files['user-data']);
    expect(head?.[0]).toMatch(/^Content-Type: multipart\/mixed; boundary="==protium-0=="\nMIME-Version: 1.0/);
    expect(ours?.[0]).toContain('Content-Type: text/cloud-config;');
    expect(parse(ours?.[1] ?? '')).toMatchObject({ hostname: 'helium' });
    expect(theirs?.[0]).toContain(`Content-Type: ${type};`);
    expect(theirs?.[1]).toBe(text);
  });

  it('a MIME message is a part as it is', () => {
    const message =
      'Content-Type: multipart/mixed; boundary="==protium-0=="\nMIME-Version: 1.0\n\n--==protium-0==\n\nx\n--==protium-0==--\n';
    const text = seed({}, message).files['user-data'];
    expect(text).toContain('boundary="==protium-1=="');
    expect(text).toContain(`--==protium-1==\n${message}\n--==protium-1==--`);
  });

  it('what cloud-init would not know is left out', () => {
    expect(configOf(seed({}, 'hostname: x'))).toMatchObject({ hostname: 'helium' });
  });

  it('a config that cloud-init would take for a MIME message is made one', () => {
    const text = seed({}, '#cloud-config\nx: "Mime-Version: 1.0"').files['user-data'];
    expect(text).toMatch(/^Content-Type: multipart/);
    expect(parse(decoded(text)[1]?.[1] ?? '')).toMatchObject({ x: 'Mime-Version: 1.0' });
  });
});

it('whatever a name, a key or a hash holds, it is data', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(
      ...[']]>', '&', '"', "'", '<', '\n', '\r\n', '#cloud-config', ': ', '- ', '\t', '\\', '{', '*a', '!!x'],
      ...['yes', '0644', '~', '%', '\u2028', 'é', '\u{1f600}', '--==protium-0==', 'mime-version: ', 'a', ' '],
    ),
    minLength: 1,
    maxLength: 40,
  });
  const users = fc.constantFrom(null, '#cloud-config\nruncmd: [x]', '#!/bin/sh');
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, users, (name, key, hash, hostname, text) => {
      const { files } = seed(
        { hostname, setup: { username: name, sshKeys: [key, key] }, passwordHash: hash },
        text,
      );
      const written = files['user-data'];
      const config = written.startsWith('#cloud-config') ? written : (decoded(written)[1]?.[1] ?? '');
      for (const version of ['1.1', '1.2'] as const) {
        const read = parse(config, { version }) as Record<string, unknown>;
        expect(read).toMatchObject({ hostname });
        expect(only(read)).toMatchObject({ name, ssh_authorized_keys: [key, key], hashed_passwd: hash });
        expect(parse(files['meta-data'], { version })).toEqual({
          'instance-id': uuid,
          'local-hostname': hostname,
        });
      }
    }),
    { numRuns: 300 },
  );
});
