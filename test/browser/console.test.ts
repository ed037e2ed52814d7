import { once } from 'node:events';
import http from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost } from '../host/private-host.ts';
import { runningGuest, type RunningGuest } from '../system/running-guest.ts';
import { startChromium, type Browser, type Tab } from './chromium.ts';

const name = 'watched';
let guest: RunningGuest;
let browser: Browser | undefined;
const open = async (address: string): Promise<Tab> => (browser ??= await startChromium()).open(address);
/** Where the browser finds the daemon, which listens on loopback in a network of its own. */
let gate: Server;
let origin: string;
let elsewhere: http.Server;

beforeAll(async () => {
  guest = await runningGuest(await privateHost(await hostOfWorker()), name);
  gate = createServer((socket) => {
    const inner = connect(guest.daemon.socket);
    for (const each of [socket, inner]) each.on('error', () => each.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await once(gate.listen(0, '127.0.0.1'), 'listening');
  origin = `http://localhost:${(gate.address() as AddressInfo).port}`;
  elsewhere = http.createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>');
  });
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  await browser?.close();
  elsewhere.close();
  gate.close();
  await guest.daemon.end();
  await guest.remove();
});

/** As `protium console --page` prints it. */
async function pageOf(kind: 'SERIAL' | 'VNC'): Promise<string> {
  const { body } = await guest.daemon.call('POST', `/v1/instances/${name}/consoles/ticket`, {
    kind: `CONSOLE_KIND_${kind}`,
    scrollbackBytes: kind === 'SERIAL' ? 65_536 : 0,
  });
  return `${origin}${String(body['pagePath'])}`;
}

const shown = (tab: Tab) =>
  tab.evaluate<string>(`document.querySelector('.xterm-rows')?.innerText.replaceAll('\\u00a0', ' ') ?? ''`);
const soon = { timeout: 60_000, interval: 250 };

it("shows the guest's serial console, and lets one type", async () => {
  const address = await pageOf('SERIAL');
  const tab = await open(address);
  await expect.poll(() => tab.evaluate(`document.getElementById('state')?.textContent`), soon).toBe('open');
  await tab.type('\r');
  await expect.poll(() => shown(tab), soon).toContain('login:');
  await tab.type('root\r');
  await expect.poll(() => shown(tab), soon).toMatch(/# *$/m);
  await tab.type('echo $((6*7)) in the browser\r');
  await expect.poll(() => shown(tab), soon).toContain('42 in the browser');

  // Used once, it stands nowhere.
  const ticket = new URLSearchParams(address.replace(/.*#/, '')).get('ticket') ?? '';
  expect(ticket.length).toBeGreaterThan(40);
  const place = await tab.evaluate<string>('location.href');
  expect(place).toBe(`${origin}/console#kind=serial&instance=${name}`);
  // The policy lets in the styles that the terminal makes, and keeps out what somebody else would add.
  const sheets = await tab.evaluate<number[]>(
    '[...document.styleSheets].map((sheet) => sheet.cssRules.length)',
  );
  expect(sheets.length).toBeGreaterThan(3);
  expect(tab.complaints).toEqual([]);
  const injected = await tab.evaluate(`(() => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    const style = new DOMParser().parseFromString('<style>body { display: none }</style>', 'text/html').querySelector('style');
    document.body.append(style);
    return [window.injected === true, getComputedStyle(document.body).display];
  })()`);
  expect(injected).toEqual([false, 'flex']);
  expect(tab.complaints.join('\n')).toMatch(/Content Security Policy/);
});

it("shows the guest's screen", async () => {
  const tab = await open(await pageOf('VNC'));
  await expect
    .poll(
      () =>
        tab.evaluate(`(() => {
          const canvas = document.querySelector('#screen canvas');
          if (canvas === null || canvas.width === 0) return 0;
          // Read from a copy: Chromium complains of canvases that are read often and not made for it.
          const copy = document.createElement('canvas');
          [copy.width, copy.height] = [canvas.width, canvas.height];
          const context = copy.getContext('2d', { willReadFrequently: true });
          context.drawImage(canvas, 0, 0);
          const { data } = context.getImageData(0, 0, copy.width, copy.height);
          return new Set(new Uint32Array(data.buffer)).size;
        })()`),
      soon,
    )
    .toBeGreaterThan(1);
  expect(await tab.evaluate(`document.getElementById('keys').hidden`)).toBe(false);
  expect(tab.complaints).toEqual([]);
});

it('opens a ticket once, and says what to do with a second try', async () => {
  const address = await pageOf('SERIAL');
  const first = await open(address);
  await expect.poll(() => first.evaluate(`document.getElementById('state')?.textContent`), soon).toBe('open');
  const second = await open(address);
  await expect
    .poll(() => second.evaluate(`document.getElementById('state')?.textContent`), soon)
    .toMatch(/ticket was used or is too old/);
});

it('the reference is shown with its style, and nothing is complained of', async () => {
  const tab = await open(`${origin}/docs`);
  await expect
    .poll(() => tab.evaluate('document.querySelectorAll("section").length'), soon)
    .toBeGreaterThan(100);
  expect(await tab.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none');
  expect(tab.complaints).toEqual([]);
});

it('a page of another site neither changes nor learns anything', async () => {
  const { port } = elsewhere.address() as AddressInfo;
  const tab = await open(`http://127.0.0.1:${port}/`);
  await expect.poll(() => tab.evaluate('document.title'), soon).toBe('evil');
  const tried = await tab.evaluate<Record<string, string>>(`(async () => {
    const told = {};
    const send = async (name, path, options) => {
      told[name] = await fetch('${origin}' + path, options).then((answer) => answer.type + ' ' + answer.status, () => 'failed');
    };
    const text = { method: 'POST', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } };
    await send('read', '/v1/instances');
    await send('read blindly', '/v1/instances', { mode: 'no-cors', credentials: 'include' });
    await send('stop', '/v1/instances/${name}/stop', { ...text, body: '{"force": true}' });
    await send('stop without a body', '/v1/instances/${name}/stop', text);
    await send('delete', '/v1/instances/${name}', { method: 'DELETE' });
    await send('ticket', '/v1/instances/${name}/consoles/ticket', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    await send('register', '/register', { ...text, body: '{}' });
    await send('domain', '/domain', { ...text, body: '{"pool": "", "volume": "", "domain": ""}' });
    await send('gpueater', '/console/servers/stop', { ...text, credentials: 'include' });
    told.socket = await new Promise((resolve) => {
      const socket = new WebSocket('${origin}'.replace('http', 'ws') + '/v1/console?ticket=x');
      socket.onopen = () => resolve('open');
      socket.onerror = () => resolve('failed');
    });
    told.script = await new Promise((resolve) => {
      const script = document.createElement('script');
      script.src = '${origin}/console/page.js';
      script.onload = () => resolve('loaded');
      script.onerror = () => resolve('failed');
      document.body.append(script);
    });
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: '${origin}/v1/instances/${name}/stop', target: 'sink', enctype: 'text/plain' });
    const frame = document.createElement('iframe');
    frame.name = 'sink';
    document.body.append(frame, form);
    await new Promise((resolve) => {
      frame.onload = resolve;
      form.submit();
    });
    let inside = 'hidden';
    try { inside = frame.contentDocument === null ? 'hidden' : frame.contentDocument.title; } catch { /* hidden */ }
    told.form = inside;
    return told;
  })()`);
  const allowed = ['failed', 'hidden'];
  expect(Object.entries(tried).filter(([, result]) => !allowed.includes(result))).toEqual([]);
  const { body } = await guest.daemon.call('GET', `/v1/instances/${name}`);
  expect(body).toMatchObject({ instance: { uuid: guest.uuid } });
  const events = await guest.daemon.call('GET', '/v1/audit?result=origin-forbidden&pageSize=1000');
  const methods = (events.body['entries'] as { method: string }[]).map(({ method }) => method);
  for (const method of ['POST /v1/instances/watched/stop', 'POST /register', 'POST /domain', '/v1/console']) {
    expect(methods).toContain(method);
  }
  const changes = await guest.daemon.call(
    'GET',
    '/v1/audit?events=AUDIT_EVENT_ATTEMPT&method=protium.v1.InstancesService',
  );
  const tries = changes.body['entries'] as { method: string }[];
  expect(tries.map(({ method }) => method)).toEqual(['protium.v1.InstancesService/CreateInstance']);
  const verified = await guest.daemon.call('GET', '/v1/audit/verification');
  expect(verified.body).not.toHaveProperty('problem');
});
