import { describe, expect, it, vi } from 'vitest';
import { guestsService } from '../../../../internal/api/v1/guests.ts';
import type { GuestAgent } from '../../../../internal/guest-agent/guest-agent.ts';
import { administrator, contextOf } from './context.ts';

const context = contextOf(administrator);

function service() {
  const ping = vi.fn(() => Promise.resolve());
  const nothing = vi.fn(() => Promise.reject(new Error('must not be called')));
  const agent = {
    ping,
    execute: nothing,
    readFile: nothing,
    writeFile: nothing,
    setPassword: nothing,
    freeze: nothing,
    thaw: nothing,
    users: () => Promise.resolve([{ name: 'a', domain: null, loginAt: 1e300 }]),
  } as unknown as GuestAgent;
  const { methods } = guestsService({ agent, find: () => ({ uuid: 'u' }) as never });
  const call = (method: string, request: object): Promise<unknown> =>
    (methods[method] as unknown as (request: object, given: typeof context) => Promise<unknown>)(
      request,
      context,
    );
  return { call, ping, nothing };
}

const execution = {
  instance: 'web',
  path: '/bin/x',
  arguments: [],
  environment: [],
  input: Buffer.alloc(0),
  timeoutSeconds: 0,
  discardOutput: false,
  maxOutputBytes: 0,
  validateOnly: true,
};
const file = { instance: 'web', path: '/x', content: Buffer.alloc(0), mode: 0, validateOnly: true };
const freeze = { instance: 'web', mountpoints: [], timeoutSeconds: 0, validateOnly: true };
const password = { instance: 'web', user: 'u', password: 'p', hashed: false, validateOnly: true };

describe('what is only checked asks the agent whether it is there, and changes nothing', () => {
  it.each([
    ['executeInGuest', execution],
    ['writeGuestFile', file],
    ['freezeGuestFilesystems', freeze],
    ['thawGuestFilesystems', { instance: 'web', validateOnly: true }],
    ['setGuestPassword', password],
  ])('%s', async (method, request) => {
    const { call, ping, nothing } = service();
    await call(method, request);
    expect(ping).toHaveBeenCalledOnce();
    expect(nothing).not.toHaveBeenCalled();
  });
});

describe('what makes no sense is refused before anybody is asked', () => {
  it.each([
    ['executeInGuest', { ...execution, path: '' }],
    ['executeInGuest', { ...execution, path: 'a\0b' }],
    ['executeInGuest', { ...execution, environment: ['=x'] }],
    ['executeInGuest', { ...execution, input: Buffer.alloc(2 ** 20 + 1) }],
    ['executeInGuest', { ...execution, arguments: ['x'.repeat(2 ** 20 + 1)] }],
    ['executeInGuest', { ...execution, timeoutSeconds: 3601 }],
    ['executeInGuest', { ...execution, maxOutputBytes: 2 ** 20 + 1 }],
    ['readGuestFile', { instance: 'web', path: 'etc/x', offset: 0n, maxBytes: 0 }],
    ['readGuestFile', { instance: 'web', path: '/x', offset: 2n ** 63n, maxBytes: 0 }],
    ['readGuestFile', { instance: 'web', path: '/x', offset: 0n, maxBytes: 2 ** 21 }],
    ['writeGuestFile', { ...file, content: Buffer.alloc(2 ** 20 + 1) }],
    ['writeGuestFile', { ...file, mode: 9 }],
    ['freezeGuestFilesystems', { ...freeze, timeoutSeconds: 601 }],
    ['freezeGuestFilesystems', { ...freeze, mountpoints: ['data'] }],
    ['setGuestPassword', { ...password, user: '' }],
    ['setGuestPassword', { ...password, password: 'a\0' }],
  ])('%s %#', async (method, request) => {
    const { call, ping } = service();
    await expect(call(method, request)).rejects.toMatchObject({ code: 'argument-invalid' });
    expect(ping).not.toHaveBeenCalled();
  });

  it('paths of Windows are paths', async () => {
    for (const path of ['C:\\x', 'c:/x', '\\\\server\\share'])
      await service().call('writeGuestFile', { ...file, path });
  });
});

it('a time that is none is left out', async () => {
  expect(await service().call('listGuestUsers', { instance: 'web' })).toEqual({
    users: [{ name: 'a', domain: undefined, loginTime: undefined }],
  });
});
