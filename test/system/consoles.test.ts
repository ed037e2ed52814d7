import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { createWebSocketStream, WebSocket } from 'ws';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { runningGuest, type RunningGuest } from './running-guest.ts';

const name = 'looked-at';
let host: PrivateHost;
let guest: RunningGuest;

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  guest = await runningGuest(host, name);
});

afterAll(async () => {
  await guest.daemon.end();
  await guest.remove();
});

const newTicket = async (wanted: object = {}): Promise<string> => {
  const answer = await guest.daemon.call('POST', `/v1/instances/${name}/consoles/ticket`, wanted);
  expect(answer.body).toMatchObject({ websocketPath: '/v1/console' });
  return String(answer.body['ticket']);
};

const dial = (ticket: string, headers: Record<string, string> = {}): WebSocket =>
  new WebSocket(`ws+unix://${guest.daemon.socket}:/v1/console`, ['binary', `ticket.${ticket}`], {
    headers: { Host: 'localhost', ...headers },
  });

interface Open {
  readonly webSocket: WebSocket;
  readonly stream: Duplex;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

const open = async (wanted: object = {}): Promise<Open> => {
  const webSocket = dial(await newTicket(wanted));
  const closed = once(webSocket, 'close').then(([code, reason]) => ({
    code: Number(code),
    reason: String(reason),
  }));
  const stream = createWebSocketStream(webSocket);
  stream.on('error', () => undefined);
  await once(webSocket, 'open');
  return { webSocket, stream, closed };
};

/** The answer to a request for a WebSocket that is refused. */
const refusal = async (webSocket: WebSocket) => {
  const [, response] = (await once(webSocket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code: string };
  return { status: response.statusCode, code };
};

it('has a serial console and a display', async () => {
  const { body } = await guest.daemon.call('GET', `/v1/instances/${name}/consoles`);
  expect(body['consoles']).toEqual([
    { kind: 'CONSOLE_KIND_SERIAL', device: 'serial0', available: true, viewers: 0, logged: true },
    { kind: 'CONSOLE_KIND_VNC', device: 'vnc', available: true, viewers: 0, logged: false },
  ]);
});

describe('the serial console', () => {
  it('lets one log in and type, and shows it to all who look', async () => {
    const first = await open();
    first.stream.write('\r');
    await waitForSerial(first.stream, 'login: ', 20_000);
    const second = await open();
    first.stream.write('root\r');
    await waitForSerial(first.stream, '# ', 20_000);
    second.stream.write('echo $((6*7)) together\r');
    for (const { stream } of [first, second]) await waitForSerial(stream, '\n42 together\r\n', 20_000);
    const { body } = await guest.daemon.call('GET', `/v1/instances/${name}/consoles`);
    expect(body).toMatchObject({ consoles: [{ viewers: 2 }, {}] });
    first.webSocket.close();
    second.webSocket.close();
    await Promise.all([first.closed, second.closed]);
  });

  it('begins with what was there before, where it is asked for', async () => {
    const { stream, webSocket } = await open({ scrollbackBytes: 65_536 });
    expect(await waitForSerial(stream, '42 together', 20_000)).toContain('READY hostname');
    webSocket.close();
  });

  it('carries much of the guest whole', async () => {
    const { stream, webSocket } = await open();
    stream.write('stty -echo -onlcr; head -c 300000 /dev/zero | tr "\\\\0" x; echo; echo en""d\r');
    const text = await waitForSerial(stream, '\nend', 60_000);
    expect(text.replaceAll(/[^x]/g, '').length).toBeGreaterThanOrEqual(300_000);
    stream.write('stty sane\r');
    webSocket.close();
  });

  it('stays open while the guest reboots', async () => {
    const { stream, webSocket } = await open();
    stream.write('\rreboot\r');
    await waitForSerial(stream, /READY .*\r\n/, 100_000);
    webSocket.close();
  });

  it('is not taken from another program, but with force', async () => {
    const client = createRpcClient({ uri: host.uri });
    // libvirt takes a moment to notice that the viewers before have left.
    const other = await vi.waitFor(
      () => client.domains.openConsole({ name, uuid: guest.uuid, id: null }),
      10_000,
    );
    other.on('error', () => undefined); // it will be thrown out
    const refused = await open();
    expect(await refused.closed).toMatchObject({
      code: 4000,
      reason: expect.stringMatching(/has the console/) as unknown,
    });
    const forced = await open({ force: true });
    forced.stream.write('\r');
    await waitForSerial(forced.stream, 'login: ', 20_000);
    const taker = await client.domains.openConsole({ name, uuid: guest.uuid, id: null }, { force: true });
    expect(await forced.closed).toEqual({ code: 4001, reason: 'Another program took the console over.' });
    taker.destroy();
    await client.close();
  });
});

describe('a ticket', () => {
  it('is good once', async () => {
    const ticket = await newTicket();
    const webSocket = dial(ticket);
    await once(webSocket, 'open');
    expect(await refusal(dial(ticket))).toEqual({ status: 403, code: 'ticket-invalid' });
    webSocket.close();
  });

  it('may stand in the address, and is in no log', async () => {
    const ticket = await newTicket();
    const webSocket = new WebSocket(`ws+unix://${guest.daemon.socket}:/v1/console?ticket=${ticket}`);
    await once(webSocket, 'open');
    webSocket.close();
    expect(JSON.stringify(guest.daemon.log)).not.toContain(ticket);
  });

  it('opens nothing for pages of other sites', async () => {
    const ticket = await newTicket();
    expect(await refusal(dial(ticket, { Origin: 'http://evil.example' }))).toEqual({
      status: 403,
      code: 'origin-forbidden',
    });
    expect(await refusal(dial(ticket, { Host: 'evil.example' }))).toMatchObject({ code: 'origin-forbidden' });
    const own = dial(ticket, { Origin: 'http://localhost' });
    await once(own, 'open');
    own.close();
  });

  it('is not made for what is not there', async () => {
    const path = `/v1/instances/${name}/consoles/ticket`;
    const missing = await guest.daemon.call('POST', path, { device: 'serial7' });
    expect([missing.status, missing.body['code']]).toEqual([404, 'not-found']);
    const checked = await guest.daemon.call('POST', path, { validateOnly: true });
    expect(checked.body).toMatchObject({ ticket: '', websocketPath: '/v1/console' });
  });
});

describe('the display', () => {
  it('speaks RFB', async () => {
    const { stream, closed, webSocket } = await open({ kind: 'CONSOLE_KIND_VNC' });
    await waitForSerial(stream, 'RFB 003.008\n', 20_000);
    stream.write('RFB 003.008\n');
    // Security types: one, none.
    expect([...((await once(stream, 'data')) as [Buffer])[0]]).toEqual([1, 1]);
    webSocket.close();
    await closed;
  });

  it('is given as PNG', async () => {
    const { headers, bytes, status } = await guest.daemon.call('GET', `/v1/instances/${name}/screenshot`);
    expect([status, headers['content-type']]).toEqual([200, 'image/png']);
    const { width, height } = PNG.sync.read(bytes);
    expect([width, height]).toEqual([720, 400]);
    const { body } = await guest.daemon.call('GET', `/v1/instances/${name}/screenshot?screen=9`);
    expect(body['code']).toBe('not-found');
  });
});

describe('the log', () => {
  it('is told from its end', async () => {
    const { body } = await guest.daemon.call('GET', `/v1/instances/${name}/consoles/log?maxLines=2`);
    const lines = Buffer.from(String(body['content']), 'base64').toString();
    expect(lines.trimEnd().split('\n')).toHaveLength(2);
    expect(body['truncated']).toBe(true);
  });
});

describe('the end', () => {
  it('is told when the guest is switched off, and nothing is opened then', async () => {
    const serial = await open();
    const display = await open({ kind: 'CONSOLE_KIND_VNC' });
    serial.stream.resume();
    display.stream.resume();
    const ticket = await newTicket();
    await host.run('virsh', ['-q', '-c', 'qemu:///system', 'destroy', name]);
    expect(await serial.closed).toEqual({ code: 1000, reason: 'The VM was switched off.' });
    expect(await display.closed).toMatchObject({ code: 1000 });
    const late = dial(ticket);
    expect(await once(late, 'close')).toMatchObject([4000, { length: expect.any(Number) as unknown }]);
    const { body } = await guest.daemon.call('POST', `/v1/instances/${name}/consoles/ticket`, {});
    expect(body['code']).toBe('state-conflict');
    const shot = await guest.daemon.call('GET', `/v1/instances/${name}/screenshot`);
    expect(shot.body['code']).toBe('state-conflict');
  });

  it('comes in time when the daemon stops', async () => {
    await guest.daemon.call('POST', `/v1/instances/${name}/start`, {});
    await expect
      .poll(async () => (await guest.daemon.call('GET', `/v1/instances/${name}`)).body, { timeout: 30_000 })
      .toMatchObject({ instance: { state: 'DOMAIN_STATE_RUNNING' } });
    const { stream, closed } = await open();
    stream.resume();
    await Promise.all([
      guest.daemon.end(),
      expect(closed).resolves.toEqual({ code: 1001, reason: 'The daemon is stopping.' }),
    ]);
  });
});
