import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { status, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import {
  ConsoleKind,
  ConsolesServiceClient,
  type AttachConsoleRequest,
  type AttachConsoleResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { consolesService } from '../../../../internal/api/v1/consoles.ts';
import type { ConsoleChoice, ConsoleEnding } from '../../../../internal/consoles/console.ts';
import type { Consoles } from '../../../../internal/consoles/consoles.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { connect, serve, silent } from './harness.ts';

const uuid = '11111111-1111-4111-8111-111111111111';

async function room(consoles: Partial<Consoles>) {
  const service = consolesService({
    consoles: consoles as Consoles,
    find: (named) => {
      if (named === 'web') return { uuid, domain: 'web' } as never;
      throw new ProtiumError('not-found', `There is no instance "${named}".`);
    },
    httpOrigins: () => ['http://127.0.0.1:9021'],
  });
  const { address, server } = await serve([grpcService(service, { log: silent })]);
  return { client: connect(ConsolesServiceClient, address), server };
}

function guest() {
  const [says, hears] = [new PassThrough(), new PassThrough()];
  const stream = Duplex.from({ readable: says, writable: hears });
  stream.on('error', () => undefined);
  const held: { ending: ConsoleEnding | null; chosen: ConsoleChoice[] } = { ending: null, chosen: [] };
  const open: Consoles['open'] = (choice) => {
    held.chosen.push(choice);
    return Promise.resolve({ uuid, kind: choice.kind, device: 'serial0', stream, ending: () => held.ending });
  };
  return { says, hears, stream, held, open };
}

const opening: AttachConsoleRequest = {
  message: {
    $case: 'open',
    value: {
      instance: 'web',
      kind: ConsoleKind.CONSOLE_KIND_SERIAL,
      device: '',
      force: false,
      scrollbackBytes: 9,
    },
  },
};
const data = (text: string): AttachConsoleRequest => ({
  message: { $case: 'data', value: Buffer.from(text) },
});
const nextOf = async (call: NodeJS.EventEmitter) =>
  ((await once(call, 'data')) as [AttachConsoleResponse])[0].message;

describe('AttachConsole', () => {
  it('opens, carries bytes both ways, and tells the end', async () => {
    const { says, hears, held, open } = guest();
    const { client } = await room({ open });
    const call = client.attachConsole();
    call.write(opening);
    expect(await nextOf(call)).toEqual({ $case: 'opened', value: { uuid, device: 'serial0' } });
    expect(held.chosen).toEqual([{ uuid, kind: 'serial', device: '', force: false, scrollbackBytes: 9 }]);
    call.write(data('ls\r'));
    expect(String((await once(hears, 'data'))[0])).toBe('ls\r');
    says.write('a b');
    expect(await nextOf(call)).toEqual({ $case: 'data', value: Buffer.from('a b') });
    held.ending = { reason: 'guest-ended', message: 'Off.' };
    says.end();
    expect(await nextOf(call)).toEqual({ $case: 'ended', value: held.ending });
    await once(call, 'end');
  });

  it('goes on showing when nothing is typed any more', async () => {
    const { says, open } = guest();
    const { client } = await room({ open });
    const call = client.attachConsole();
    call.write(opening);
    await nextOf(call);
    call.end();
    says.write('later');
    expect(await nextOf(call)).toMatchObject({ $case: 'data' });
    call.on('error', () => undefined);
    call.cancel();
  });

  it('leaves the console when the client goes, and when the server stops', async () => {
    for (const end of ['client', 'server']) {
      const { stream, open } = guest();
      const { client, server } = await room({ open });
      const call = client.attachConsole();
      call.on('error', () => undefined);
      call.write(opening);
      await nextOf(call);
      if (end === 'client') call.cancel();
      else void server.stop(0);
      await vi.waitFor(() => expect(stream.destroyed).toBe(true));
    }
  });

  it.each([
    ['nothing to open', [data('ls')], status.INVALID_ARGUMENT],
    ['no message', [{}], status.INVALID_ARGUMENT],
    ['two openings', [opening, opening], status.INVALID_ARGUMENT],
    [
      'a VM that is not there',
      [
        {
          message: {
            ...opening.message,
            value: { instance: 'x', kind: 0, device: '', force: false, scrollbackBytes: 0 },
          },
        },
      ],
      status.NOT_FOUND,
    ],
  ] as const)('%s is refused', async (_what, messages, code) => {
    const { open } = guest();
    const { client } = await room({ open });
    const call = client.attachConsole();
    call.resume();
    for (const message of messages) call.write(message as AttachConsoleRequest);
    const [error] = (await once(call, 'error')) as [ServiceError];
    expect(error.code).toBe(code);
  });

  it('a client that does not read stops the console', async () => {
    const { says, open } = guest();
    const { client } = await room({ open });
    const call = client.attachConsole();
    call.on('error', () => undefined);
    call.write(opening);
    await nextOf(call);
    call.pause();
    const total = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024);
    for (let sent = 0; sent < total; sent += chunk.length) says.write(chunk);
    let last = -1;
    for (let same = 0; same < 2000; same += 1) {
      await new Promise(setImmediate);
      if (says.writableLength !== last) same = 0;
      last = says.writableLength;
    }
    expect(last).toBeGreaterThan(total / 2);
    call.cancel();
  });
});
