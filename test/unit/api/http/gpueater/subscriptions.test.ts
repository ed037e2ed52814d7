import { describe, expect, it } from 'vitest';
import { card, machine } from '../../../placement/hosts.ts';
import { alice, bob, rentedHost, type RentedHost } from './instances/rented-host.ts';

const facts = machine({ pci: card('0000:01:00', 1) });
const order = { image: 'debian-12', ssh_key_id: 'laptop', tag: 'mine' };

async function list<Row = Record<string, unknown>>(
  host: RentedHost,
  name: string,
  user = alice,
): Promise<Row[]> {
  return (await host.call(name, {}, { user })) as Row[];
}

/** The product of the only card. */
async function cardOf(host: RentedHost): Promise<string> {
  const { products } = (await host.call('ondemand_list')) as { products: { id: string }[] };
  const found = products.find(({ id }) => id.startsWith('n1.'));
  if (found === undefined) throw new Error('no product with a card');
  return found.id;
}

/** Who could give one. */
async function poolOf(
  host: RentedHost,
  product: string,
  of = 'ondemand_list',
  user = alice,
): Promise<string[]> {
  const { products } = (await host.call(of, {}, { user })) as { products: { id: string; pool: string[] }[] };
  return products.find(({ id }) => id === product)?.pool ?? [];
}

describe('subscriptions to products', () => {
  it('take from the pool, are launched on when it is empty, and give back', async () => {
    const host = rentedHost(facts);
    const product = await cardOf(host);
    const plans = await list(host, 'subscription_instance_list');
    expect(plans.map((plan) => plan['subscription_id'])).toContain(product);
    const made = (await host.call('subscribe_instance', { subscription_id: product })) as Record<
      string,
      string
    >;
    const id = made['subscription_id'] ?? '';
    expect(await list(host, 'subscribed_list')).toMatchObject([
      { subscription_id: id, plan_id: product, product_id: product, kind: 'instance', instance_id: '' },
    ]);
    expect(await poolOf(host, product)).toEqual([]);
    expect(await poolOf(host, product, 'subscription_list')).toEqual([id]);
    expect(await host.call('subscription_list')).toMatchObject({
      images: { 'debian-12': {} },
      ssh_keys: [{}],
    });
    await expect(host.call('launch_ondemand_instance', { ...order, product_id: product })).rejects.toThrow(
      'Out of stock',
    );

    expect(
      await host.call('launch_subcription_instance', { ...order, product_id: product, subscription_id: id }),
    ).toBeNull();
    const [instance] = await list(host, 'instance_list');
    expect(instance).toMatchObject({ product_name: product, tag: 'mine' });
    expect(await list(host, 'subscribed_list')).toMatchObject([{ instance_id: instance?.['instance_id'] }]);
    expect(await poolOf(host, product, 'subscription_list')).toEqual([]);
    await expect(host.call('unsubscribe_instance', { subscription_id: id })).rejects.toMatchObject({
      code: 'resource-in-use',
    });
    await expect(
      host.call('launch_subcription_instance', { ...order, tag: 'twice', subscription_id: id }),
    ).rejects.toMatchObject({ code: 'resource-in-use' });

    await host.call('terminate_instance', { instance_id: instance?.['instance_id'], tag: 'mine' });
    expect(await poolOf(host, product)).toEqual([]);
    expect(await host.call('unsubscribe_instance', { subscription_id: id })).toBeNull();
    expect(await list(host, 'subscribed_list')).toEqual([]);
    expect(await poolOf(host, product)).not.toEqual([]);
  });

  it('may be meant by their plan, and need no product', async () => {
    const host = rentedHost(facts);
    await host.call('subscribe_instance', { subscription_id: 'c1.small' });
    await host.call('subscribe_instance', { subscription_id: 'c1.small' });
    await host.call('launch_subcription_instance', { ...order, subscription_id: 'c1.small' });
    await host.call('unsubscribe_instance', { subscription_id: 'c1.small' });
    expect(await list(host, 'subscribed_list')).toMatchObject([
      { instance_id: expect.stringMatching(/-/) as string },
    ]);
  });

  it('are nobody else’s', async () => {
    const host = rentedHost(facts);
    const { subscription_id: id } = (await host.call('subscribe_instance', {
      subscription_id: 'c1.small',
    })) as Record<string, string>;
    expect(await list(host, 'subscribed_list', bob)).toEqual([]);
    expect(await poolOf(host, 'c1.small', 'subscription_list', bob)).toEqual([]);
    for (const name of ['unsubscribe_instance', 'launch_subcription_instance']) {
      await expect(host.call(name, { ...order, subscription_id: id }, { user: bob })).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    expect(host.domains.size).toBe(0);
  });

  it('refuse what is missing, unknown or of another kind, and change nothing', async () => {
    const host = rentedHost(facts);
    const { subscription_id: id } = (await host.call('subscribe_storage', {
      subscription_id: 'storage-100gib',
    })) as Record<string, string>;
    const { subscription_id: small } = (await host.call('subscribe_instance', {
      subscription_id: 'c1.small',
    })) as Record<string, string>;
    for (const [name, fields, code] of [
      ['subscribe_instance', {}, 'argument-invalid'],
      ['subscribe_instance', { subscription_id: 'storage-100gib' }, 'not-found'],
      ['subscribe_storage', { subscription_id: 'c1.small' }, 'not-found'],
      ['subscribe_network', { subscription_id: 'any' }, 'not-found'],
      ['subscribe_network', { subscription_id: 'storage-100gib' }, 'not-found'],
      ['unsubscribe_instance', { subscription_id: id }, 'not-found'],
      ['unsubscribe_network', { subscription_id: id }, 'not-found'],
      ['launch_subcription_instance', { ...order, subscription_id: id }, 'argument-invalid'],
      [
        'launch_subcription_instance',
        { ...order, subscription_id: small, product_id: 'c1.large' },
        'argument-invalid',
      ],
      ['launch_subcription_instance', { ...order, subscription_id: small, product_id: 'none' }, 'not-found'],
      ['launch_subcription_instance', { ...order, subscription_id: small, image: 'none' }, 'not-found'],
      ['launch_subcription_instance', { ...order, subscription_id: small, ssh_key_id: 'none' }, 'not-found'],
    ] as const) {
      await expect(host.call(name, fields), name).rejects.toMatchObject({ code });
    }
    expect(await list(host, 'subscribed_list')).toHaveLength(2);
    expect(host.domains.size).toBe(0);
    expect(await list(host, 'subscription_storage_list')).toMatchObject([
      { subscription_id: 'storage-100gib', price: 5 },
    ]);
    expect(await host.call('unsubscribe_storage', { subscription_id: id })).toBeNull();
  });

  it('are whole after a launch whose address could not be bound', async () => {
    const host = rentedHost(facts);
    await host.call('subscribe_instance', { subscription_id: 'c1.small' });
    host.bindingFails = 'refused';
    await expect(
      host.call('launch_subcription_instance', { ...order, subscription_id: 'c1.small' }),
    ).rejects.toMatchObject({ code: 'resource-in-use' });
    expect(host.domains.size).toBe(0);
    expect(host.instances.situation().claims).toMatchObject([{ kind: 'subscription' }]);
  });

  it('to addresses hold one, which the next launch gets', async () => {
    const host = rentedHost(facts);
    expect(await list(host, 'subscription_network_list')).toMatchObject([
      { subscription_id: 'floating-address', price: 3, product_id: '' },
    ]);
    const had = (await host.call('subscribe_network', { subscription_id: 'floating-address' })) as Record<
      string,
      string
    >;
    expect(had).toMatchObject({ kind: 'network', ipv4: '10.77.0.1', instance_id: '', size: 0 });
    await host.call('launch_ondemand_instance', { ...order, product_id: 'c1.small' }, { user: bob });
    expect(await list(host, 'instance_list', bob)).toMatchObject([{ ipv4: '10.77.0.2' }]);
    await host.call('launch_ondemand_instance', { ...order, product_id: 'c1.small' });
    const [instance] = await list(host, 'instance_list');
    expect(instance).toMatchObject({ ipv4: '10.77.0.1' });
    expect(await list(host, 'subscribed_list')).toMatchObject([
      { subscription_id: had['subscription_id'], instance_id: instance?.['instance_id'] },
    ]);
    await expect(
      host.call('launch_subcription_instance', { ...order, subscription_id: had['subscription_id'] }),
    ).rejects.toThrow('a subscription to an address');
    await expect(host.call('unsubscribe_network', had, { user: bob })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await host.call('unsubscribe_network', { subscription_id: 'floating-address' })).toBeNull();
    expect(await list(host, 'subscribed_list')).toEqual([]);
    expect(await list(host, 'instance_list')).toMatchObject([{ ipv4: '10.77.0.1' }]);
  });
});
