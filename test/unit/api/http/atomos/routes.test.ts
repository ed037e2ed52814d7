import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';
import { example, examples } from '../../../../examples/elemento/examples.ts';
import { fakeInstances, serveAll, serveAtomos, type FakeInstances, type TestServer } from './support.ts';

const client = 'f'.repeat(32);
const small = { slots: 1, ramsize: 512, overprovision: 2, allowSMT: false };
const both = ['', '/api/v1.0'];

let instances: FakeInstances;
let server: TestServer;

beforeEach(async () => {
  instances = fakeInstances();
  server = await serveAtomos(instances);
});
afterEach(() => server.close());

const register = (more: object = {}) =>
  server.call('POST', '/register', { client_uid: client, vm_name: 'awesome machine', req: small, ...more });

describe.each(both)('under "%s"', (prefix) => {
  it('greets, and says how it is', async () => {
    const greeting = await server.call('GET', prefix === '' ? '/' : prefix);
    expect(greeting).toMatchObject({ status: 200, body: 'This is Protium, an AtomOS host.\n' });
    expect(greeting.headers).toMatchObject({ vary: 'Accept', 'content-type': 'text/plain; charset=utf-8' });
    expect((await server.call('GET', `${prefix}/status`)).body).toBe('OK\n');
    expect((await server.call('GET', `${prefix}/version`)).json()).toEqual({
      version: '1.2.3',
      backend: 'libvirt',
      backend_version: '9.0.0',
    });
    expect((await server.call('GET', `${prefix}/host/status`)).json()).toMatchObject({
      total_cores_count: 32,
    });
    expect((await server.call('GET', `${prefix}/statusjson`)).json()).toMatchObject({ cpu: { ncores: 32 } });
  });

  it('registers, lists and unregisters', async () => {
    const made = await server.call('POST', `${prefix}/register`, {
      client_uid: client,
      vm_name: 'awesome machine',
      req: small,
    });
    expect(made.status).toBe(200);
    expect(made.headers).toMatchObject({ vary: 'Accept', 'content-type': 'application/json' });
    const { uniqueID: id } = made.json();
    expect(made.json()).toMatchObject({
      registered: true,
      uniqueID: '00000000-0000-4000-8000-000000000000',
      vm_uid: id,
      vm_name: 'awesome machine',
      status: 'running',
      xml: '<domain/>',
      req_json: {
        slots: 1,
        ramsize: 512,
        arch: ['X86_64'],
        volumes: [],
        netdevs: [],
        creation_date: '02/03/2026, 04:05:06',
      },
    });
    const listed = await server.call('GET', `${prefix}/running`, { client_uid: client });
    expect(listed.json()).toMatchObject([{ uniqueID: id, status: 'running' }]);
    const one = await server.call('GET', `${prefix}/running/${String(id)}?client_uuid=${client}`);
    expect(one.json()).toMatchObject({ uniqueID: id, vm_name: 'awesome machine' });
    const gone = await server.call('DELETE', `${prefix}/unregister`, { client_uid: client, vm_uid: id });
    expect(gone.status).toBe(200);
    expect(gone.headers).toMatchObject({
      'protium-notice': 'a card is stuck',
      vary: 'Accept',
      'content-type': 'application/json',
    });
    expect(gone.json()).toEqual({
      unregistered: true,
      uniqueID: id,
      keptVolumes: ['kept'],
      notices: ['a card is stuck'],
    });
  });

  it.each(['GET', 'POST'])(
    'answers %s canallocate with the plan, or with all that is missing',
    async (method) => {
      const yes = await server.call(method, `${prefix}/canallocate`, small);
      expect(yes.status).toBe(200);
      expect(yes.json()).toMatchObject({
        canallocate: true,
        plan: { cpu: { vcpus: 2 } },
        devices: [{ outlook: 'free' }, {}, {}, {}],
      });
      const no = await server.call(method, `${prefix}/canallocate`, {
        ...small,
        slots: 64,
        pci: [{ vendor: '10de', model: '1bb1' }],
      });
      expect(no.status).toBe(200);
      expect(no.json()).toMatchObject({ canallocate: false, devices: [{}, {}, {}, {}] });
      const codes = (no.json()['reasons'] as { code: string }[]).map(({ code }) => code);
      expect(codes).toEqual(expect.arrayContaining(['cores-insufficient', 'device-absent']));
    },
  );
});

describe('canallocate', () => {
  it('asked with nothing says whether there is room for anything', async () => {
    expect((await server.call('GET', '/canallocate')).json()).toMatchObject({ canallocate: true });
    const whole = { holder: 'h', name: 'n', kind: 'foreign', slots: 0, hugepages: null, pci: [] } as const;
    instances.claims = [{ ...whole, cores: [], overprovision: 10, memoryMib: 101_000, memoryNodes: [] }];
    expect((await server.call('GET', '/canallocate')).json()).toMatchObject({ canallocate: false });
  });
});

it('canallocate says what was assumed, whether it can be had or not', async () => {
  for (const slots of [2, 200]) {
    const answer = await server.call('POST', '/canallocate', { slots, ramsize: 512, overprovision: 2 });
    expect(answer.json()).toMatchObject({ canallocate: slots === 2 });
    expect(answer.json()['assumed']).toEqual(expect.arrayContaining(['allowSMT', 'archs', 'misc.os_family']));
    expect(answer.json()['assumed']).not.toContain('overprovision');
  }
});

describe('register', () => {
  it('refuses with 204, no body and every reason in a header', async () => {
    const answer = await register({
      req: { ...small, flags: ['SGX'], pci: [{ vendor: '10de', model: '2489', quantity: 3 }] },
    });
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(answer.headers['protium-reason']).toMatch(/flag-missing: .*device-absent: /);
    expect(answer.headers.vary).toBe('Accept');
  });

  it('tells which devices came along', async () => {
    const answer = await register({ req: { ...small, pci: [{ vendor: '10de', model: '2489' }] } });
    expect(answer.json()).toMatchObject({
      devices: [
        { address: '0000:01:00.0', reason: 'requested' },
        { address: '0000:01:00.1', reason: 'same-slot' },
      ],
    });
    expect(answer.json()['notices']).toEqual([expect.stringContaining('0000:01:00.1')]);
    expect(answer.headers['protium-notice']).toContain('0000:01:00.1');
  });

  it('names every field that is wrong, never a secret', async () => {
    const answer = await server.call('POST', '/register', {
      vm_name: 'x',
      req: { slots: 0, ramsize: 4 },
      authentication: { password: 12345 },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers).toMatchObject({ vary: 'Accept', 'content-type': 'application/problem+json' });
    const body = answer.json();
    expect(body).toMatchObject({ status: 400, code: 'argument-invalid', retryable: false });
    expect(body['error']).toMatch(/^request was badly formatted\. '/);
    const paths = (body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['client_uid', 'req.slots', 'req.ramsize']));
    expect((body['errors'] as object[]).find((error) => 'unit' in error)).toMatchObject({ unit: 'MiB' });
    expect(answer.body).not.toContain('12345');
    expect(instances.registers).toEqual([]);
  });

  it('puts any name safely into headers', async () => {
    const name = `]]>&"'<\r\nSet-Cookie: a=b é \u{1f4a5}`;
    const answer = await register({ vm_name: name, req: { ...small, flags: [name, 'ж'.repeat(5000)] } });
    expect([204, 400]).toContain(answer.status);
    expect(answer.headers['set-cookie']).toBe(undefined);
    const made = await register({ vm_name: `]]>&"'<` });
    expect(made.json()).toMatchObject({ vm_name: `]]>&"'<` });
  });

  it.each([
    ['libvirt-unavailable', 503],
    ['busy', 409],
  ] as const)('answers %s with %i', async (code, status) => {
    instances.failure = new ProtiumError(code, 'because');
    const answer = await register();
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });
});

describe('unregister', () => {
  it.each(['vm_uid', 'vm_uuid', 'local_index', 'uniqueID'])(
    'finds the id under %s, in any form',
    async (key) => {
      const { uniqueID: id } = (await register()).json();
      const undashed = String(id).replaceAll('-', '').toUpperCase();
      const answer = await server.call('DELETE', '/unregister', {
        client_uuid: client,
        [key]: undashed,
        purge: true,
      });
      expect(answer.json()).toMatchObject({ unregistered: true, uniqueID: id });
      expect(instances.unregisters).toEqual([{ owner: client, uuid: id, purge: true }]);
    },
  );

  it("does not tell another client's VM from none", async () => {
    const { uniqueID: id } = (await register()).json();
    const body = { client_uid: 'e'.repeat(32), vm_uid: id };
    const others = await server.call('DELETE', '/unregister', body);
    const none = await server.call('DELETE', '/unregister', { ...body, vm_uid: '9'.repeat(32) });
    for (const answer of [others, none]) {
      expect(answer).toMatchObject({ status: 204, body: '' });
      expect(answer.headers['protium-reason']).toBe('there is no such VM of this client');
    }
    expect(instances.list()).toHaveLength(1);
  });

  it.each([
    [undefined, ['client_uid', 'vm_uid']],
    [[], ['client_uid', 'vm_uid']],
    [{ client_uid: client }, ['vm_uid']],
    [{ client_uid: client, vm_uid: 'x' }, ['vm_uid']],
    [{ client_uid: 7, vm_uid: 'a'.repeat(32), purge: 'yes' }, ['client_uid', 'purge']],
    [example('client-unregister-rules-md') as object, ['client_uid', 'local_index']],
  ])('refuses %j', async (body, paths) => {
    const answer = await server.call('DELETE', '/unregister', body);
    expect(answer.status).toBe(400);
    expect((answer.json()['errors'] as { path: string }[]).map(({ path }) => path)).toEqual(paths);
  });
});

describe('running', () => {
  it('tells the first IPv4 address that is known, else 0.0.0.0', async () => {
    await register();
    const ipv4 = async () =>
      (await server.call('GET', `/running?client_uid=${client}`)).json() as unknown as readonly {
        readonly req_json: { readonly network_config: { readonly ipv4: string } };
      }[];
    expect((await ipv4())[0]?.req_json.network_config.ipv4).toBe('0.0.0.0');
    const known = { prefix: 24, interface: 'eth0', mac: null, source: 'agent', ageMs: 0 } as const;
    instances.addresses = [
      { ...known, address: 'fd00::2', family: 'ipv6' },
      { ...known, address: '192.168.122.2', family: 'ipv4' },
    ];
    expect((await ipv4())[0]?.req_json.network_config.ipv4).toBe('192.168.122.2');
  });

  it('is empty for a client that has none, and wants to know which', async () => {
    await register();
    const none = await server.call('GET', `/running?client_uid=${'a'.repeat(32)}`);
    expect(none).toMatchObject({ status: 200, body: '[]\n' });
    const nobody = await server.call('GET', '/running');
    expect(nobody.status).toBe(400);
    expect(nobody.json()['errors']).toMatchObject([{ path: 'client_uid' }]);
  });

  it("has no VM of another client's", async () => {
    const { uniqueID: id } = (await register()).json();
    const other = { client_uid: 'a'.repeat(32) };
    expect((await server.call('GET', `/running/${String(id)}`, other)).status).toBe(404);
    expect((await server.call('GET', `/running/nothing`, other)).status).toBe(400);
  });
});

describe('while libvirt is away', () => {
  it.each(['/status', '/statusjson', '/host/status', '/canallocate'])('%s is 503', async (path) => {
    instances.failure = new ProtiumError('libvirt-unavailable', 'nothing was read');
    const answer = await server.call('GET', path);
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'libvirt-unavailable', retryable: true });
  });

  it('the version is told without that of the backend', async () => {
    instances.failure = new ProtiumError('libvirt-unavailable', 'nothing was read');
    expect((await server.call('GET', '/version')).json()).toEqual({ version: '1.2.3', backend: 'libvirt' });
  });
});

describe('transport', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data',
    'application/json; charset=utf-8',
  ])('reads JSON under the content type %s', async (type) => {
    const headers = { 'Content-Type': type, Authorization: 'null' };
    const answer = await server.call('GET', '/canallocate', small, headers);
    expect(answer.json()).toMatchObject({ canallocate: true });
  });

  it.each([
    ["{'slots': 1, 'allowSMT': False}", ''],
    ['{"slots": 1, "volumes": [],}', ''],
    ['{"volumes": ["vid": "x"]}', ''],
    ['{"slots": 1} trailing', ''],
    ['{"slots": 1}{}', ''],
    ['{"slots":', ''],
    ['['.repeat(200_000), ''],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, ''],
    [Buffer.from([0x7b, 0xff, 0x7d]), ''],
    [JSON.stringify({ req: '{"slots": 1,}' }), 'req'],
    [JSON.stringify({ req: '['.repeat(100_000) }), 'req'],
    ['[]', ''],
    ['"text"', ''],
    ['7', ''],
  ])('refuses %s', async (body, path) => {
    for (const [method, route] of [
      ['POST', '/register'],
      ['GET', '/canallocate'],
    ] as const) {
      const answer = await server.call(method, route, body);
      expect(answer.status).toBe(400);
      expect(answer.json()['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ path })]));
    }
  });

  it('does not repeat what a broken body says', async () => {
    const answer = await server.call('POST', '/register', '{"password":"hunter2"oops}');
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('hunter');
  });

  it('refuses 5 MB', async () => {
    const answer = await server.call('POST', '/register', Buffer.alloc(5e6, 0x20));
    expect(answer.status).toBe(413);
  });

  it('keeps web pages of other sites out', async () => {
    const answer = await server.call('POST', '/register', '{}', { Origin: 'http://evil.example' });
    expect(answer.status).toBe(403);
  });

  it.each([
    ['POST', '/running', 'GET, HEAD'],
    ['GET', '/register', 'POST'],
    ['POST', '/api/v1.0/unregister', 'DELETE'],
    ['PUT', '/canallocate', 'GET, POST, HEAD'],
  ])('has no %s %s', async (method, path, allow) => {
    const answer = await server.call(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
  });
});

describe("Elemento's own requests, as they stand", () => {
  it('register as in the first document: its volume is not here', async () => {
    const answer = await server.call(
      'POST',
      '/register',
      example('atomos-register-request-seed-fixed') as object,
    );
    expect(answer.status).toBe(204);
    expect(answer.headers['protium-reason']).toMatch(/^volume-missing: /);
  });

  it('register as in the test flow: its volume is made', async () => {
    const answer = await server.call(
      'POST',
      '/register',
      example('testflow-atomos-7777-register-1-fixed') as object,
    );
    expect(answer.status).toBe(200);
    expect(instances.list()[0]?.plan.volumes).toMatchObject([
      { action: 'create', sizeBytes: 50_000_000_000 },
    ]);
  });

  it('register with a placeholder that nobody filled in', async () => {
    const answer = await server.call('POST', '/register', example('atomos-register-c4yml') as object);
    expect(answer.status).toBe(400);
    expect(answer.json()['errors']).toMatchObject([{ path: 'client_uid' }]);
  });

  it('register with the wire form as JSON text', async () => {
    const { volumes: _, ...body } = example('testflow-atomos-7777-register-1-fixed') as { volumes: object };
    const asText = { ...body, req: JSON.stringify((body as { req?: object }).req) };
    for (const sent of [body, asText]) {
      const answer = await server.call('POST', '/register', sent, {
        'Content-Type': 'application/x-www-form-urlencoded',
      });
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ req_json: { slots: 2, allowSMT: false, ramsize: 4096 } });
      expect(answer.body).not.toContain('py/object');
    }
  });

  it('unregister as in the test flow', async () => {
    const answer = await server.call(
      'DELETE',
      '/unregister',
      example('testflow-atomos-7777-unregister-1') as object,
    );
    expect(answer.status).toBe(204);
  });

  const configs = examples.filter(
    ({ name }) => !/unregister|response|statusjson|blank|history|c4yml|02-pci/.test(name),
  );
  it.each(configs)('canallocate with $name', async ({ body }) => {
    const answer = await server.call('GET', '/canallocate', body as object);
    expect(answer.status).toBe(200);
    expect(typeof answer.json()['canallocate']).toBe('boolean');
  });

  it.each(['template-example-blank', 'techpack-02-pci'])(
    'canallocate with %s, which is no whole config',
    async (name) => {
      expect((await server.call('GET', '/canallocate', example(name) as object)).status).toBe(400);
    },
  );
});

describe('on the port of all dialects', () => {
  it('every other route is what it was', async () => {
    const all = await serveAll(instances);
    try {
      const json = { 'Content-Type': 'application/json' };
      expect((await all.call('POST', '/domain', '{}', json)).json()).toEqual({ name: 'of-cocos' });
      expect((await all.call('GET', '/run')).json()).toMatchObject({ next: null });
      expect((await all.call('GET', '/health')).json()).toMatchObject({ status: 'pass' });
      expect((await all.call('GET', '/metrics')).status).toBe(200);
      expect((await all.call('GET', '/v1/host/doctor')).status).toBe(200);
      expect((await all.call('GET', '/')).body).toBe('This is Protium, an AtomOS host.\n');
      expect((await all.call('GET', '/statusjson')).body).toBe(
        (await server.call('GET', '/statusjson')).body,
      );
    } finally {
      await all.close();
    }
  });

  it.each(['/domain', '/run', '/health', '/metrics', '/v1/host', '/v1/instances'])(
    'the second port has no %s',
    async (path) => {
      expect((await server.call('GET', path)).status).toBe(404);
    },
  );
});
