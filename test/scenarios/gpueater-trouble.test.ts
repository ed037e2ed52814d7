import { access, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { python, ruby, type Vector } from '../conformance/gpueater/raw-request.ts';
import { order, startRental, type Answer, type Rental } from '../system/rental.ts';

/** Launches that meet trouble, and what is subscribed to. A guest boots without KVM. */
const bootMs = 180_000;
/** As long as this file is there, nobody's packet filter changes. */
const held = (): string => path.join(at.files, 'held');

let at: Rental;
let before: Record<string, unknown>;
let cookie: string | null = null;

beforeAll(async () => {
  const bin = `/tmp/held-${process.pid}`;
  at = await startRental('trouble', {
    flavors: `  - {name: t1.most, vcpus: ${cpus().length}, memoryMib: 256, rootStorageGib: 1, pricePerHour: 1}\n`,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      PROTIUM_STORAGE_PRICE: '7',
      PROTIUM_ADDRESS_PRICE: '3',
    },
  });
  await mkdir(bin);
  const nft = await at.output('sh', '-c', 'command -v nft');
  await writeFile(
    path.join(bin, 'nft'),
    `#!/bin/sh\nwhile [ -e ${held()} ]; do : >${held()}.met; sleep 0.1; done\nexec ${nft} "$@"\n`,
  );
  await chmod(path.join(bin, 'nft'), 0o755);
  before = await at.traces();
}, bootMs);

afterAll(async () => {
  await at.close();
  await rm(`/tmp/held-${process.pid}`, { recursive: true });
});

const form = new URLSearchParams(order).toString();
/** Sends bytes as a client does, from within the host's namespaces; what comes back, to the end of the body. */
const raw = async (
  vector: Vector,
  method: 'GET' | 'POST',
  route: string,
  body: string,
  timeoutMs = 150_000,
) => {
  const lines = vector('127.0.0.1:9021', method, route, body, cookie);
  const script = `
    const [text, body, timeout] = JSON.parse(process.argv[1]);
    const socket = require('node:net').connect(9021, '127.0.0.1');
    let seen = '';
    const end = () => { process.stdout.write(seen, () => process.exit(0)); };
    socket.on('data', (data) => {
      seen += data;
      const [head, rest] = [seen.slice(0, seen.indexOf('\\r\\n\\r\\n')), seen.slice(seen.indexOf('\\r\\n\\r\\n') + 4)];
      const length = /content-length: (\\d+)/i.exec(head);
      if (length !== null && Buffer.byteLength(rest) >= Number(length[1])) end();
    });
    socket.on('close', end);
    setTimeout(end, timeout).unref();
    socket.write(text + '\\r\\n\\r\\n' + body);
  `;
  const text = await at.output(
    process.execPath,
    '-e',
    script,
    JSON.stringify([lines.join('\r\n'), body, timeoutMs]),
  );
  const [head = '', rest = ''] = text.split('\r\n\r\n');
  return { head, body: rest, status: Number(head.split(' ')[1] ?? 0) };
};
const launch = async (vector: Vector): Promise<Answer> =>
  JSON.parse((await raw(vector, 'POST', '/console/servers/launch_ondemand_instance', form)).body) as Answer;
const nothingIsLeft = async (): Promise<void> => {
  await vi.waitFor(async () => expect(await at.traces()).toEqual(before), 60_000);
  expect(await at.instances()).toEqual([]);
};
const terminateAll = async (): Promise<void> => {
  for (const instance of await at.instances()) await at.succeeded('terminate_instance', instance);
  await nothingIsLeft();
};

it('a launch that is sent before the login is done after it, once (C03)', { timeout: bootMs }, async () => {
  const early = await raw(python, 'POST', '/console/servers/launch_ondemand_instance', form);
  expect(early.status).toBe(302);
  expect(early.head).toContain('session_timeout');
  await nothingIsLeft();
  const { username, password } = new URL(at.url);
  const login = await raw(python, 'POST', '/api_login', `email=${username}&password=${password}`);
  cookie = /set-cookie: (.*)/i.exec(login.head)?.[1]?.trim() ?? null;
  expect(cookie).toContain('; Path=/');
  expect(await launch(python)).toEqual({ data: null, error: null });
  const [made] = await at.instances();
  expect(made).toMatchObject({ state: 'RUNNING', tag: 'mine' });
  const { instance_id = '', machine_resource_id = '' } = made ?? {};
  const boot = await at.virsh('domid', instance_id);
  // Python's client renames by what terminates elsewhere, and sends a POST again when it cannot read the answer.
  const send = async (vector: Vector, route: string, fields: Record<string, string>): Promise<void> => {
    const body = new URLSearchParams(fields).toString();
    const answer = await raw(vector, 'POST', `/console/servers/${route}`, body);
    expect(JSON.parse(answer.body)).toMatchObject({ error: null });
  };
  const names = { instance_id, machine_resource_id };
  for (let times = 0; times < 2; times += 1) {
    await send(python, 'force_terminate', { ...names, tag: 'by Python é' });
    expect(await at.instances()).toMatchObject([{ state: 'RUNNING', tag: 'by Python é' }]);
  }
  for (let times = 0; times < 2; times += 1) {
    await send(ruby, 'change_instance_tag', { instance_id, tag: 'by Ruby' });
    expect(await at.instances()).toMatchObject([{ state: 'RUNNING', tag: 'by Ruby' }]);
  }
  const instances = JSON.stringify([names]);
  for (let times = 0; times < 2; times += 1) await send(ruby, 'start', { ...names, instances });
  expect(await at.virsh('domid', instance_id)).toBe(boot);
  await send(ruby, 'force_terminate', { instance_id, instances, machine_resource_id });
  expect(await at.instances()).toEqual([]);
  const again = await raw(ruby, 'POST', '/console/servers/force_terminate', `instance_id=${instance_id}`);
  expect(JSON.parse(again.body)).toMatchObject({
    data: null,
    error: expect.stringMatching(/no instance/) as string,
  });
  await nothingIsLeft();
});

it(
  'a launch that is sent twice at once is done once, for Ruby as for Python',
  { timeout: bootMs },
  async () => {
    const answers = await Promise.all([launch(python), launch(ruby), launch(python)]);
    expect(answers).toEqual(Array(3).fill({ data: null, error: null }));
    expect(await at.instances()).toHaveLength(1);
    await terminateAll();
  },
);

it(
  'a launch whose connection breaks, and that is sent again, is done once',
  { timeout: bootMs },
  async () => {
    await raw(ruby, 'POST', '/console/servers/launch_ondemand_instance', form, 1000);
    expect(await launch(ruby)).toEqual({ data: null, error: null });
    expect(await at.instances()).toHaveLength(1);
    await terminateAll();
  },
);

describe('a launch whose machine runs, and whose address is not bound yet', () => {
  /** Resolves when it is so. */
  const begin = async (): Promise<{ readonly answered: ReturnType<typeof raw> }> => {
    await rm(`${held()}.met`, { force: true });
    await writeFile(held(), '');
    const answered = raw(python, 'POST', '/console/servers/launch_ondemand_instance', form);
    await vi.waitFor(() => access(`${held()}.met`), 60_000);
    const { body } = await at.daemon().call('GET', '/v1/operations?states=OPERATION_STATE_RUNNING');
    expect(body).toMatchObject({ operations: [{ progress: { message: 'bind a floating address' } }] });
    expect(await at.virsh('list', '--name')).toBe('mine');
    return { answered };
  };

  it(
    'leaves nothing when the daemon is killed then: the next one takes it back',
    { timeout: bootMs },
    async () => {
      const { answered } = await begin();
      await at.daemon().end('SIGKILL');
      await rm(held());
      expect(await answered).toMatchObject({ status: 0, body: '' });
      await at.startDaemon();
      await nothingIsLeft();
      expect(await launch(python)).toEqual({ data: null, error: null });
      const [instance] = await at.instances();
      expect(instance?.ipv4).toMatch(/^10\.77\.0\./);
      await terminateAll();
    },
  );

  it(
    'tells that libvirt has gone, and leaves nothing when it is back (C09)',
    { timeout: bootMs },
    async () => {
      const { answered } = await begin();
      await at.host.killLibvirtd();
      await rm(held());
      expect(JSON.parse((await answered).body)).toMatchObject({ data: null });
      for (const [name, fields] of [
        ['launch_ondemand_instance', order],
        ['create_volume', { region_id: 'local', storage_type: 'qcow2', volume: 1 }],
      ] as const) {
        expect(await at.client(name, fields), name).toEqual({
          data: null,
          error: expect.stringMatching(/libvirt/i) as string,
        });
      }
      await at.host.startLibvirtd();
      await vi.waitFor(async () => {
        const instances = await at.instances();
        // It had all that it needed, or it is taken back.
        expect(instances.every(({ ipv4, state }) => ipv4 !== '' && state === 'RUNNING')).toBe(true);
      }, 60_000);
      await terminateAll();
      expect(await launch(python)).toEqual({ data: null, error: null });
      await terminateAll();
    },
  );
});

describe('what is subscribed to', () => {
  const product_id = 't1.most';
  const poolOf = async (): Promise<readonly string[]> => {
    const { products } = await at.succeeded<{ products: readonly { id: string; pool: readonly string[] }[] }>(
      'ondemand_list',
    );
    return products.find(({ id }) => id === product_id)?.pool ?? [];
  };

  it(
    'N09, S01: is held while nothing else is left, launched on, invoiced, and given back',
    { timeout: bootMs },
    async () => {
      // Processors are shared by some machines: until nothing is left.
      const held: string[] = [];
      while ((await poolOf()).length > 0) {
        const had = await at.succeeded<{ subscription_id: string }>('subscribe_instance', {
          subscription_id: product_id,
        });
        held.push(had.subscription_id);
      }
      const [subscription_id = ''] = held;
      const wanted = { ...order, product_id };
      expect((await at.client('launch_ondemand_instance', wanted)).error).toMatch(/Out of stock/);
      const list = await at.succeeded<{
        images: object;
        ssh_keys: object[];
        products: { id: string; pool: string[] }[];
      }>('subscription_list');
      expect(list).toMatchObject({ images: { tiny: {} }, ssh_keys: [{ name: 'laptop' }] });
      expect(list.products.find(({ id }) => id === product_id)?.pool).toEqual(held);

      // An address is not to be had by the client, which has the function but sends nothing.
      const address = JSON.parse(
        await at.protium('gpueater', 'call', 'subscribe_network', 'subscription_id=floating-address'),
      ) as { subscription_id: string; ipv4: string };
      expect(await at.client('launch_subcription_instance', { ...wanted, subscription_id })).toEqual({
        data: null,
        error: null,
      });
      const [instance] = await at.instances();
      expect(instance).toMatchObject({ state: 'RUNNING', product_name: product_id, ipv4: address.ipv4 });
      expect((await at.client('unsubscribe_instance', { subscription_id })).error).toEqual(
        expect.any(String),
      );

      const charged = await at.succeeded<{ subscription_id: string }[]>('subscription_invoice_list');
      expect(charged.map((line) => line.subscription_id)).toEqual([...held, address.subscription_id]);
      const pdf = path.join(at.files, 'invoice.pdf');
      const { invoice_id } = await invoiceMade();
      await at.protium('gpueater', 'call', 'invoice_pdf', `invoice_id=${invoice_id}`, '--save', pdf);
      expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-');
      const text = await at.output('pdftotext', '-layout', pdf, '-');
      expect(text).toContain(invoice_id);
      expect(text).toContain('floating-address');
      expect(text).toMatch(/Total/);

      await at.succeeded('terminate_instance', instance);
      expect(await poolOf()).toEqual([]);
      for (const each of held) await at.succeeded('unsubscribe_instance', { subscription_id: each });
      await at.protium(
        'gpueater',
        'call',
        'unsubscribe_network',
        `subscription_id=${address.subscription_id}`,
      );
      expect(await at.succeeded('subscribed_list')).toEqual([]);
      expect(await poolOf()).toHaveLength(1);
      await nothingIsLeft();
    },
  );

  const invoiceMade = async () =>
    JSON.parse(await at.protium('gpueater', 'call', 'make_invoice')) as { readonly invoice_id: string };
});
