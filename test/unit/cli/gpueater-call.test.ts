import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { consoleApi } from '../../../cmd/protium/gpueater/console-api.ts';
import { callFunction, listedFunctions } from '../../../cmd/protium/gpueater/functions.ts';

const list = [
  { name: 'instance_list', route: 'GET /console/servers/instance_list', description: 'all', required: [] },
  { name: 'image_list', route: 'GET /console/servers/images', description: 'all', required: [] },
  { name: 'create_volume', route: 'POST /console/servers/create_volume', description: 'one', required: [] },
  {
    name: 'restart_instance',
    route: 'POST /console/servers/stop then POST /console/servers/start',
    description: 'two',
    required: [],
  },
  { name: 'copy_file', route: 'ssh', description: 'over ssh', required: [] },
];

/** A daemon that answers as the given function says; what it was asked. */
async function daemon(
  answer: (request: IncomingMessage) => { status?: number; type?: string; body: unknown; header?: object },
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const isList = request.url === '/console/servers/api_list';
      if (!isList) asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
      const {
        status = 200,
        type = 'application/json; charset=utf-8',
        body: sent,
        header = {},
      } = isList ? { body: { data: list, error: null } } : answer(request);
      response.writeHead(status, { 'Content-Type': type, ...header });
      response.end(Buffer.isBuffer(sent) || typeof sent === 'string' ? sent : JSON.stringify(sent));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { asked, host: `127.0.0.1:${port}`, api: consoleApi(`http://key:se%40cret@127.0.0.1:${port}/`) };
}
const fields = (object: Record<string, string>) => new Map(Object.entries(object));

it('sends a form to the route of the function, with the access key', async () => {
  let authorization = '';
  const { api, asked } = await daemon((request) => {
    authorization = request.headers.authorization ?? '';
    return { body: { data: { volume_id: 'v' }, error: null } };
  });
  expect(await callFunction(api, 'create_volume', fields({ volume: '1', tag: 'a b&=é' }))).toEqual({
    data: { volume_id: 'v' },
  });
  await callFunction(api, 'image_list', fields({ x: '1 2' }));
  await callFunction(api, 'restart_instance', fields({ instance_id: 'u' }));
  expect(asked).toEqual([
    'POST /console/servers/create_volume volume=1&tag=a+b%26%3D%C3%A9',
    'GET /console/servers/images?x=1+2',
    'POST /console/servers/stop instance_id=u',
    'POST /console/servers/start instance_id=u',
  ]);
  expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe('key:se@cret');
  expect(
    (await listedFunctions(api)).map(({ name, routes }) => [name, ...routes.map(({ method }) => method)]),
  ).toEqual([
    ['instance_list', 'GET'],
    ['image_list', 'GET'],
    ['create_volume', 'POST'],
    ['restart_instance', 'POST', 'POST'],
    ['copy_file'],
  ]);
});

it('finds the routes that api_list does not name, by either method', async () => {
  const { api, asked } = await daemon(({ method, url }) => {
    if (url === '/console/servers/detach_volume') return { body: { data: null, error: null } };
    if (url !== '/console/servers/volume_list')
      return { status: 404, body: { data: null, error: `There is no ${method ?? ''} ${url ?? ''}; …` } };
    return method === 'GET'
      ? { body: { data: [], error: null } }
      : { status: 405, body: { data: null, error: 'it takes GET' } };
  });
  expect(await callFunction(api, 'detach_volume', fields({}))).toEqual({ data: null });
  expect(await callFunction(api, 'volume_list', fields({}))).toEqual({ data: [] });
  expect(asked).toEqual([
    'POST /console/servers/detach_volume',
    'POST /console/servers/volume_list',
    'GET /console/servers/volume_list',
  ]);
  for (const name of ['no_such', '../../v1/instances', '', 'a'.repeat(65)]) {
    await expect(callFunction(api, name, fields({}))).rejects.toMatchObject({
      code: 'not-found',
      exit: 'notFound',
    });
  }
  expect(asked).toHaveLength(4);
});

it.each([
  [400, 'argument-invalid', 'usage'],
  [404, 'not-found', 'notFound'],
  [409, 'state-conflict', 'refused'],
  [500, 'failed', 'failed'],
])('an error of status %i is told as the daemon tells it', async (status, code, exit) => {
  const { api } = await daemon(() => ({ status, body: { data: null, error: 'volume is missing.' } }));
  await expect(callFunction(api, 'create_volume', fields({}))).rejects.toMatchObject({
    code,
    exit,
    message: 'volume is missing.',
  });
});

it('tells that an access key is wrong, that nobody answers, and what is no answer', async () => {
  const { api } = await daemon(() => ({
    status: 302,
    type: 'text/plain',
    body: 'Found',
    header: { Location: '/login?state=session_timeout' },
  }));
  await expect(callFunction(api, 'create_volume', fields({}))).rejects.toMatchObject({
    code: 'permission-denied',
    exit: 'refused',
  });
  await expect(callFunction(consoleApi('http://a:b@127.0.0.1:1'), 'x', fields({}))).rejects.toMatchObject({
    exit: 'unreachable',
    message: expect.not.stringContaining('b@') as string,
  });
  const html = await daemon(() => ({ type: 'text/html', body: '<p>', status: 502 }));
  await expect(callFunction(html.api, 'create_volume', fields({}))).rejects.toMatchObject({ code: 'failed' });
  const broken = await daemon(() => ({ body: '{"data":' }));
  await expect(callFunction(broken.api, 'create_volume', fields({}))).rejects.toThrow(/not of the form/);
  for (const url of ['', 'ftp://a:b@c', '127.0.0.1:9021'])
    expect(() => consoleApi(url)).toThrow(/GPUEATER_URL is like/);
});

it('takes a file that is answered', async () => {
  const bytes = Buffer.from('%PDF-1.3');
  const { api } = await daemon(() => ({
    type: 'application/pdf',
    body: bytes,
    header: { 'Content-Disposition': 'attachment; filename="invoice-1.pdf"' },
  }));
  expect(await callFunction(api, 'invoice_pdf', fields({}))).toEqual({
    file: bytes,
    fileName: 'invoice-1.pdf',
  });
});
