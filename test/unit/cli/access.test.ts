import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withNewFiles } from '../../../cmd/protium/access/new-files.ts';
import { collectLocalUsers, uidOf } from '../../../cmd/protium/access/user-id.ts';
import { chooseAddress, isLocal, type Wishes } from '../../../cmd/protium/connection/choose-address.ts';
import type { Daemon } from '../../../cmd/protium/connection/daemon.ts';
import { firstToken, withSecondTry } from '../../../cmd/protium/connection/first-token.ts';
import { loginsFile, noLogins, readLogins, writeLogins } from '../../../cmd/protium/connection/logins.ts';
import { Failure } from '../../../cmd/protium/failure.ts';
import { newToken, tokenText } from '../../../internal/identity/tokens/token-text.ts';

const nothing: Wishes = {
  address: undefined,
  ca: undefined,
  token: undefined,
  cert: undefined,
  certKey: undefined,
  allowInsecure: false,
};
const without = () => Promise.resolve(false);

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'protium-cli-access-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('where and as whom', () => {
  it('is the daemon of this machine, by its Unix socket where it has one', async () => {
    expect(await chooseAddress(nothing, noLogins, without)).toMatchObject({ address: '127.0.0.1:7001' });
    const has = () => Promise.resolve(true);
    expect((await chooseAddress(nothing, noLogins, has)).address).toMatch(/^unix:\/run\/protium\//);
  });

  it('is what is kept, for its address only', async () => {
    const logins = { current: 'vm:7001', logins: { 'vm:7001': { token: 't', ca: '/ca.pem' } } };
    expect(await chooseAddress(nothing, logins, without)).toMatchObject({
      address: 'vm:7001',
      token: 't',
      caFile: '/ca.pem',
    });
    const other = await chooseAddress({ ...nothing, address: 'other:7001' }, logins, without);
    expect(other).toMatchObject({ address: 'other:7001', token: undefined, caFile: undefined });
    const given = await chooseAddress({ ...nothing, token: 'mine' }, logins, without);
    expect(given.token).toBe('mine');
  });

  it('is not told to a network as plain text', async () => {
    const far = { ...nothing, address: 'vm:7001', token: 't' };
    await expect(chooseAddress(far, noLogins, without)).rejects.toThrow(/plain text/);
    expect((await chooseAddress({ ...far, ca: 'ca.pem' }, noLogins, without)).token).toBe('t');
    expect((await chooseAddress({ ...far, allowInsecure: true }, noLogins, without)).token).toBe('t');
  });

  it('is a certificate with its key', async () => {
    await expect(chooseAddress({ ...nothing, cert: 'a.pem' }, noLogins, without)).rejects.toThrow(
      /--cert-key/,
    );
  });

  it.each([
    ['127.0.0.1:7001', true],
    ['[::1]:7001', true],
    ['::1', true],
    ['localhost', true],
    ['unix:/x', true],
    ['192.0.2.1', false],
    ['localhost.example:7001', false],
  ])('%s stays here: %s', (address, local) => {
    expect(isLocal(address)).toBe(local);
  });
});

describe('logins', () => {
  it('are kept in a file that only the user can read', () => {
    const file = loginsFile({ XDG_CONFIG_HOME: directory() });
    expect(readLogins(file)).toEqual(noLogins);
    const logins = { current: 'a:1', logins: { 'a:1': { token: 't' } } };
    writeLogins(file, logins);
    writeLogins(file, logins);
    expect(readLogins(file)).toEqual(logins);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '[]', '{"logins":{"a":{}}}', '{"logins":{"a":null}}', 'null'])(
    '%j is no file of them',
    (text) => {
      const file = join(directory(), 'logins.json');
      writeFileSync(file, text);
      expect(() => readLogins(file)).toThrow(Failure);
    },
  );
});

describe('the first token', () => {
  it('is tried where the daemon does not know who calls, and kept', async () => {
    const calls: string[] = [];
    const daemonOf = (name: string, knows: boolean): Daemon =>
      ({
        call: () => {
          calls.push(name);
          return knows ? Promise.resolve(name) : Promise.reject(new Failure('unauthenticated', 'no'));
        },
        watch: async function* () {
          calls.push(name);
          if (!knows) throw new Failure('unauthenticated', 'no');
          yield await Promise.resolve(name);
        },
        close: () => calls.push(`close ${name}`),
      }) as never;
    const daemon = withSecondTry(daemonOf('first', false), () => daemonOf('second', true));
    const method = {} as never;
    expect(await daemon.call(method, {})).toBe('second');
    expect(await daemon.call(method, {})).toBe('second');
    daemon.close();
    expect(calls).toEqual(['first', 'second', 'second', 'close first', 'close second']);
    const streaming = withSecondTry(daemonOf('first', false), () => daemonOf('second', true));
    const answers: unknown[] = [];
    const signal = new AbortController().signal;
    for await (const answer of streaming.watch(method, {}, { signal })) answers.push(answer);
    expect(answers).toEqual(['second']);
    const hopeless = withSecondTry(daemonOf('first', false), () => daemonOf('second', false));
    await expect(hopeless.call(method, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is read where it can be, and is a token', () => {
    const state = directory();
    const text = tokenText(newToken());
    const env = { PROTIUM_STATE_DIRECTORY: state, XDG_STATE_HOME: state };
    writeFileSync(join(state, 'admin-token'), 'rubbish');
    mkdirSync(join(state, 'protium'));
    writeFileSync(join(state, 'protium', 'admin-token'), `${text}\n`);
    // A daemon of this machine may have one too, which root can read.
    expect(firstToken(env)).toMatch(/^pt_/);
    writeFileSync(join(state, 'admin-token'), `${text}\n`);
    expect(firstToken(env)).toBe(text);
  });
});

it('accounts of this machine by name and by user id', () => {
  expect(uidOf('anna', 'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/:/bin/sh\n')).toBe(1000);
  expect(uidOf('ann', 'anna:x:1000:1000::/:/bin/sh\n')).toBeUndefined();
  expect(collectLocalUsers('1001', [1000])).toEqual([1000, 1001]);
  expect(() => collectLocalUsers('no such account')).toThrow(/no account/);
});

it('files with secrets are new, for the user alone, and none is left of a failure', async () => {
  const [one, two] = ['one', 'two'].map((name) => join(directory(), name)) as [string, string];
  await withNewFiles([one, two], (write) => write(['1', '2']));
  expect([readFileSync(two, 'utf8'), statSync(one).mode & 0o777]).toEqual(['2', 0o600]);
  const three = join(directory(), 'three');
  await expect(withNewFiles([three, one], () => Promise.resolve())).rejects.toThrow(/already/);
  expect(() => statSync(three)).toThrow(/ENOENT/);
  expect(readFileSync(one, 'utf8')).toBe('1');
  await expect(withNewFiles([three], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(() => statSync(three)).toThrow(/ENOENT/);
});
