import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { LibvirtTimeoutError } from '../../../internal/libvirt/error.ts';
import { fakeAgent, libvirtError, uuid } from './fake-agent.ts';

const ping = { execute: 'guest-ping', answer: z.object({}) };
const other = '22222222-2222-4222-8222-222222222222';

describe('what goes wrong has a code', () => {
  it.each([
    [libvirtError(86), 'agent-unresponsive'],
    [libvirtError(97), 'agent-unresponsive'],
    [libvirtError(68), 'agent-unresponsive'],
    [new LibvirtTimeoutError('domains.agentCommand', 5), 'agent-unresponsive'],
    [libvirtError(1, 'command not found'), 'guest-refused'],
    [libvirtError(55), 'state-conflict'],
  ])('%s', async (error, code) => {
    const { channel } = fakeAgent(() => Promise.reject(error));
    await expect(channel.command(uuid, ping)).rejects.toMatchObject({ code });
  });

  it('before anybody is asked', async () => {
    const off = fakeAgent(() => ({}), { id: null, agentConnected: null });
    await expect(off.channel.command(uuid, ping)).rejects.toMatchObject({ code: 'state-conflict' });
    const without = fakeAgent(() => ({}), { agentConnected: null });
    await expect(without.channel.command(uuid, ping)).rejects.toMatchObject({ code: 'agent-missing' });
    const gone = fakeAgent(() => ({}), { uuid });
    await expect(gone.channel.command(other, ping)).rejects.toMatchObject({ code: 'not-found' });
    expect([off.sent, without.sent, gone.sent]).toEqual([[], [], []]);
  });

  it.each(['', 'nonsense', '{}', '[]', '{"return":7}'])('an answer like %j', async (text) => {
    const { channel } = fakeAgent(() => text);
    await expect(channel.command(uuid, ping)).rejects.toMatchObject({ code: 'guest-refused' });
  });
});

it('commands to one guest wait for each other, those to another do not', async () => {
  const release: (() => void)[] = [];
  const { channel, sent } = fakeAgent(
    (_command, domain) => domain.uuid === uuid && new Promise((resolve) => release.push(() => resolve({}))),
  );
  const first = channel.command(uuid, ping);
  const second = channel.command(uuid, ping);
  await channel.command(other, { ...ping, answer: z.unknown() });
  expect(sent).toHaveLength(2);
  release.shift()?.();
  await first;
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  release.shift()?.();
  await second;
});

it('hanging agents do not use up the calls of libvirt', async () => {
  const { channel, sent } = fakeAgent(() => new Promise(() => undefined));
  for (let index = 0; index < 9; index += 1) {
    void channel.command(`33333333-3333-4333-8333-${String(index).padStart(12, '0')}`, ping);
  }
  await new Promise(setImmediate);
  expect(sent).toHaveLength(4);
});

it('who left while waiting is not asked for', async () => {
  const release: (() => void)[] = [];
  const { channel, sent } = fakeAgent(() => new Promise((resolve) => release.push(() => resolve({}))));
  const first = channel.command(uuid, ping);
  const leaving = new AbortController();
  const second = channel.command(uuid, ping, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  release.shift()?.();
  await first;
  expect(sent).toHaveLength(1);
});
