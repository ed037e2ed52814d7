import { expect, it } from 'vitest';
import { readGuestFile, writeGuestFile } from '../../../internal/guest-agent/files.ts';
import { fakeAgent, libvirtError, uuid } from './fake-agent.ts';

const kinds = (sent: readonly { execute: string }[]) =>
  sent.map(({ execute }) => execute.replace('guest-file-', ''));

it('a file is read in as many parts as the guest gives, and closed', async () => {
  const parts = ['one', 'two', ''];
  const { channel, sent } = fakeAgent(({ execute }) => {
    if (execute === 'guest-file-open') return 5;
    if (execute !== 'guest-file-read') return {};
    const part = parts.shift() ?? '';
    return { count: part.length, 'buf-b64': Buffer.from(part).toString('base64'), eof: false };
  });
  const { content, end } = await readGuestFile(channel, uuid, { path: '/f', offset: 7, maxBytes: 100 });
  expect([String(content), end]).toEqual(['onetwo', true]);
  expect(kinds(sent)).toEqual(['open', 'seek', 'read', 'read', 'read', 'close']);
  expect(sent[1]?.arguments).toEqual({ handle: 5, offset: 7, whence: 'set' });
});

it('no more is taken than was asked for, whatever the guest sends', async () => {
  const { channel } = fakeAgent(({ execute }) =>
    execute === 'guest-file-open'
      ? 5
      : { count: 9, 'buf-b64': Buffer.from('123456789').toString('base64'), eof: false },
  );
  const part = await readGuestFile(channel, uuid, { path: '/f', offset: 0, maxBytes: 4 });
  expect([String(part.content), part.end]).toEqual(['1234', false]);
});

it('a write goes on where the guest took only a part', async () => {
  const written: string[] = [];
  const { channel, sent } = fakeAgent(({ execute, arguments: values = {} }) => {
    if (execute === 'guest-file-open') return 5;
    if (execute !== 'guest-file-write') return {};
    written.push(Buffer.from(String(values['buf-b64']), 'base64').toString());
    return { count: 2 };
  });
  const file = { path: '/f', content: Buffer.from('abcd'), append: true };
  await writeGuestFile(channel, uuid, file);
  expect(written).toEqual(['abcd', 'cd']);
  expect(sent[0]?.arguments).toEqual({ path: '/f', mode: 'a' });
  expect(kinds(sent)).toEqual(['open', 'write', 'write', 'flush', 'close']);
});

it('is closed when the guest takes nothing, and when it fails', async () => {
  for (const answer of [() => ({ count: 0 }), () => Promise.reject(libvirtError(1, 'no space'))]) {
    const { channel, sent } = fakeAgent(({ execute }) =>
      execute === 'guest-file-open' ? 5 : execute === 'guest-file-write' ? answer() : {},
    );
    const file = { path: '/f', content: Buffer.from('x'), append: false };
    await expect(writeGuestFile(channel, uuid, file)).rejects.toMatchObject({ code: 'guest-refused' });
    expect(kinds(sent)).toEqual(['open', 'write', 'close']);
  }
});
