import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { card, machine } from '../../../../placement/hosts.ts';
import { alice, bob, order, rentedHost, type RentedHost } from './rented-host.ts';

const facts = machine({ pci: card('0000:01:00', 1) });

function settings(text: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'protium-flavors-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'flavors.yaml');
  writeFileSync(file, text);
  return file;
}

function nothingIsLeft(host: RentedHost): void {
  expect(host.domains.size).toBe(0);
  expect(host.volumes.size).toBe(0);
  expect(host.addresses.size).toBe(0);
  expect(host.instances.situation().claims).toEqual([]);
}

describe('ondemand_list', () => {
  it('is a map of images, and lists of keys and products, each with every field of its type', async () => {
    const host = rentedHost(facts, settings('override: {c1.small: {limited: true, pricePerHour: 0.5}}'));
    const list = (await host.call('ondemand_list')) as { products: Record<string, unknown>[] };
    expect(list).toMatchObject({
      images: { 'debian-12': { name: 'Debian12 x64', alias: 'debian-12' } },
      ssh_keys: [{ id: 'laptop', name: 'laptop' }],
    });
    for (const product of list.products) {
      expect(product).toEqual({
        id: product['name'],
        name: expect.any(String) as string,
        price: expect.any(Number) as number,
        cpu: expect.any(Number) as number,
        memory: expect.any(Number) as number,
        root_storage: expect.any(Number) as number,
        device_desc: expect.any(String) as string,
        limited: expect.any(Boolean) as boolean,
        pool: expect.any(Array) as string[],
      });
    }
    const named = (name: string) => list.products.find((product) => product['name'] === name);
    expect(named('c1.tiny')).toMatchObject({ limited: false, memory: 512, root_storage: 10 });
    expect(named('c1.tiny')?.['pool']).toHaveLength(1);
    expect(named('c1.small')).toMatchObject({ limited: true, price: 0.5, pool: [] });
    expect(named('n1.2489')?.['pool']).toHaveLength(1);
  });

  it('has an empty pool for a card that somebody has', async () => {
    const host = rentedHost(facts);
    await host.call('launch_ondemand_instance', { ...order, product_id: 'n1.2489' });
    const list = (await host.call('ondemand_list')) as { products: { name: string; pool: string[] }[] };
    expect(list.products.find(({ name }) => name === 'n1.2489')?.pool).toEqual([]);
    await expect(
      host.call('launch_ondemand_instance', { ...order, product_id: 'n1.2489' }),
    ).rejects.toMatchObject({
      code: 'host-incapable',
      message: expect.stringMatching(/^Out of stock: /) as string,
    });
    expect(host.domains.size).toBe(1);
  });
});

describe('launch_ondemand_instance', () => {
  it('answers null, and there is an instance as the product says, with root let in by the key', async () => {
    const host = rentedHost(facts);
    expect(await host.call('launch_ondemand_instance', { ...order, product_id: 'n1.2489' })).toBeNull();
    const [instance] = host.instances.list(alice.owner);
    if (instance === undefined) throw new Error('there is none');
    expect(instance).toMatchObject({ state: 'running', description: 'my tag', domain: 'my-tag' });
    expect(instance.spec.tags).toEqual(['flavor:n1.2489', 'key:laptop']);
    expect(instance.plan.pci.map(({ address }) => address)).toEqual(['0000:01:00.0', '0000:01:00.1']);
    expect(host.headers.get('X-Transaction-Id')).toBe(host.operations.list().operations[0]?.id);
    const seed = host.volumes.get(`${instance.uuid}-seed.iso`)?.toString('latin1') ?? '';
    expect(seed).toContain('ecdsa-sha2-nistp256 AAAA laptop');
    expect(seed).toMatch(/disable_root: "?false/);
    expect(seed).toMatch(/hostname: "?my-tag/);
    expect(host.addresses.get(instance.uuid)?.ports).toEqual([22]);
    const list = await host.call('instance_list');
    expect(list).toMatchObject([
      { product_name: 'n1.2489', device_desc: '10de:2489 (8GB)', state: 'RUNNING', ipv4: '10.77.0.1' },
    ]);
  });

  it.each([
    [{ product_id: 'n1.none' }, 'not-found', /product "n1\.none"/],
    [{ image: 'none' }, 'not-found', /image "none"/],
    [{ image: 'constructor' }, 'not-found', /image "constructor"/],
    [{ ssh_key_id: 'none' }, 'not-found', /key pair "none"/],
    [{ product_id: '' }, 'argument-invalid', /product_id is missing/],
    [{ image: null }, 'argument-invalid', /image is missing/],
    [{ ssh_key_id: undefined }, 'argument-invalid', /ssh_key_id is missing/],
    [{ tag: 'x'.repeat(256) }, 'argument-invalid', /tag must be/],
    [{ tag: 'two\nlines' }, 'argument-invalid', /tag must be/],
  ])('with %j is refused, and leaves nothing', async (wrong, code, message) => {
    const host = rentedHost(facts);
    await expect(host.call('launch_ondemand_instance', { ...order, ...wrong })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    nothingIsLeft(host);
    expect(host.operations.list().operations).toEqual([]);
  });

  it('of a product that is kept back is refused', async () => {
    const host = rentedHost(facts, settings('override: {c1.tiny: {limited: true}}'));
    await expect(host.call('launch_ondemand_instance', order)).rejects.toThrow(/Out of stock.*limited/);
    nothingIsLeft(host);
  });

  it.each(['refused', 'failed'] as const)('to which no address leads (%s) leaves nothing', async (way) => {
    const host = rentedHost(facts);
    host.bindingFails = way;
    await expect(host.call('launch_ondemand_instance', order)).rejects.toThrow(
      way === 'refused' ? /none is free/ : /nft is not there/,
    );
    nothingIsLeft(host);
  });

  it('that libvirt does not start leaves nothing', async () => {
    const host = rentedHost(facts);
    host.failStart(1);
    await expect(host.call('launch_ondemand_instance', order)).rejects.toMatchObject({
      code: 'libvirt-failed',
    });
    nothingIsLeft(host);
  });

  it('one after the other, each answered, makes two machines', async () => {
    const host = rentedHost(facts);
    await host.call('launch_ondemand_instance', order);
    await host.call('launch_ondemand_instance', order);
    const names = host.instances.list(alice.owner).map(({ domain }) => domain);
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
  });

  it('sent twice at once makes one machine, with another tag or product another', async () => {
    const host = rentedHost(facts);
    const answers = await Promise.all([
      host.call('launch_ondemand_instance', order),
      host.call('launch_ondemand_instance', order),
      host.call('launch_ondemand_instance', { ...order, tag: 'another' }),
      host.call('launch_ondemand_instance', { ...order, product_id: 'c1.small' }),
    ]);
    expect(answers).toEqual([null, null, null, null]);
    expect(host.instances.list(alice.owner)).toHaveLength(3);
  });

  it('sent twice at once, and failing, makes none, and is tried anew', async () => {
    const host = rentedHost(facts);
    host.failStart(1);
    const launch = () => host.call('launch_ondemand_instance', order);
    const both = await Promise.allSettled([launch(), launch()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    nothingIsLeft(host);
    await launch();
    expect(host.instances.list(alice.owner)).toHaveLength(1);
  });

  it('that comes again after its answer was lost means the first; another user’s is another', async () => {
    const host = rentedHost(facts);
    const gone = new AbortController();
    const release = host.holdStarts();
    const first = host.call('launch_ondemand_instance', order, { signal: gone.signal });
    await expect.poll(() => host.calls).toEqual(['define my-tag']);
    gone.abort();
    const again = host.call('launch_ondemand_instance', order);
    const others = host.call('launch_ondemand_instance', order, { user: bob });
    release();
    expect(await Promise.all([first, again, others])).toEqual([null, null, null]);
    expect(host.instances.list(alice.owner)).toHaveLength(1);
    expect(host.instances.list(bob.owner)).toHaveLength(1);
    // That one was answered.
    await host.call('launch_ondemand_instance', order);
    expect(host.instances.list(alice.owner)).toHaveLength(2);
  });
});
