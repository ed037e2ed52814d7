import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { example } from '../../../examples/elemento/examples.ts';
import { fakeInstances, seedHost, serveAll, type FakeInstances, type TestServer } from './atomos/support.ts';

const client = 'f'.repeat(32);
const card = { slots: 1, ramsize: 512, pci: [{ vendor: '10de', model: '2489' }] };

let instances: FakeInstances;
let server: TestServer;

beforeEach(async () => {
  instances = fakeInstances();
  server = await serveAll(instances);
});
afterEach(() => server.close());

const register = async (vm_name: string) =>
  (await server.call('POST', '/register', { client_uid: client, vm_name, req: card })).json();

describe('/v1/host', () => {
  it('tells what the host has and what is taken of it', async () => {
    const host = (await server.call('GET', '/v1/host')).json();
    expect(host).toMatchObject({
      cpu: { vendor: 'AuthenticAMD' },
      memory: { totalMib: seedHost.memory.totalMib },
      usage: { usedCores: 0, memory: { giveableMib: 100_128 } },
      claims: [],
    });
    expect(host).not.toHaveProperty('pci');
  });

  it('lists devices with who has them', async () => {
    const taken = {
      holder: '11111111-1111-4111-8111-111111111111',
      name: 'somebody',
      kind: 'foreign',
      cores: [],
      overprovision: 10,
      slots: 0,
      memoryMib: 0,
      memoryNodes: [],
      hugepages: null,
      pci: ['0000:01:00.0', '0000:01:00.1'],
    } as const;
    instances.claims = [taken];
    const { devices } = (await server.call('GET', '/v1/host/devices')).json();
    expect(devices).toMatchObject([
      {
        address: '0000:01:00.0',
        outlook: 'taken',
        holder: { uuid: taken.holder, name: 'somebody' },
        users: [],
      },
      { address: '0000:01:00.1', outlook: 'taken' },
      { address: '0000:02:00.0', outlook: 'free' },
      { address: '0000:02:00.1', outlook: 'free' },
    ]);
    expect((devices as object[])[2]).not.toHaveProperty('holder');
  });
});

describe('the list of devices', () => {
  const addresses = async (query: string) => {
    const { devices, nextPageToken } = (await server.call('GET', `/v1/host/devices${query}`)).json();
    return { nextPageToken, addresses: (devices as { address: string }[]).map(({ address }) => address) };
  };

  it('comes in pages, of one outlook', async () => {
    const first = await addresses('?pageSize=3&outlook=free');
    expect(first).toEqual({
      addresses: ['0000:01:00.0', '0000:01:00.1', '0000:02:00.0'],
      nextPageToken: '0000:02:00.0',
    });
    expect(await addresses(`?pageSize=3&pageToken=${first.nextPageToken as string}`)).toEqual({
      addresses: ['0000:02:00.1'],
      nextPageToken: '',
    });
    expect((await addresses('?outlook=taken')).addresses).toEqual([]);
  });

  it('knows no other outlook', async () => {
    expect((await server.call('GET', '/v1/host/devices?outlook=lost')).json()).toMatchObject({
      code: 'argument-invalid',
    });
  });
});

it('GET /v1/host/doctor: JSON, or lines for people', async () => {
  expect((await server.call('GET', '/v1/host/doctor')).json()).toEqual({
    findings: [{ check: 'kvm', severity: 'problem', message: 'No KVM.', fix: 'Turn it on.', details: {} }],
  });
  const text = await server.call('GET', '/v1/host/doctor', undefined, { Accept: 'text/plain' });
  expect(text.body).toBe('PROBLEM No KVM.\n        → Turn it on.\n');
});

describe('/v1/instances', () => {
  it('lists them without telling the owner, all or those of one', async () => {
    const { uniqueID: id } = await register('one');
    for (const path of ['/v1/instances', `/v1/instances?owner=${client}`, `/v1/instances/${String(id)}`]) {
      const answer = await server.call('GET', path);
      expect(answer.body).toContain(String(id));
      expect(answer.body).not.toContain(client);
    }
    const others = await server.call('GET', `/v1/instances?owner=${'a'.repeat(32)}`);
    expect(others.json()).toEqual({ instances: [], nextPageToken: '' });
  });

  it.each([
    ['/v1/instances/x', 404],
    [`/v1/instances/${'0'.repeat(32)}`, 404],
    ['/v1/instances?owner=x', 400],
    [`/v1/instances?owner=${client}&owner=${client}`, 400],
  ])('answers %s with %i', async (path, status) => {
    expect((await server.call('GET', path)).status).toBe(status);
  });
});

describe('POST /v1/plan', () => {
  it('answers with the whole plan, whatever the shape of the config', async () => {
    for (const body of [card, { req: card }, { req: JSON.stringify(card) }]) {
      expect((await server.call('POST', '/v1/plan', body)).json()).toMatchObject({
        allocatable: true,
        plan: { pci: [{ address: '0000:01:00.0' }, { address: '0000:01:00.1' }] },
        devices: [{ outlook: 'passed' }, { outlook: 'passed' }, { outlook: 'free' }, { outlook: 'free' }],
      });
    }
    expect((await server.call('POST', '/v1/plan', example('template-argon') as object)).json()).toMatchObject(
      {
        allocatable: false,
        reasons: [{ code: 'device-absent' }],
      },
    );
    expect(instances.registers).toEqual([]);
  });

  it.each(['', '{', '[]', '{"slots":0,"ramsize":512}'])('refuses %j', async (body) => {
    const answer = await server.call('POST', '/v1/plan', body);
    expect(answer.status).toBe(400);
    const { code, errors } = answer.json();
    expect(code).toBe('argument-invalid');
    expect(errors).not.toEqual([]);
  });
});

it('GET /v1/schemas/config: the JSON Schema of a config', async () => {
  const answer = await server.call('GET', '/v1/schemas/config');
  expect(answer.headers['content-type']).toBe('application/schema+json');
  expect(answer.json()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
  });
});
