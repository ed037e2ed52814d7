import { describe, expect, it } from 'vitest';
import { machine } from '../../../../placement/hosts.ts';
import { alice, bob, order, rentedHost, type RentedHost } from './rented-host.ts';

const facts = machine();
const moved = {
  name: 'gone',
  offline: false,
  movedAt: '2026-01-02T00:00:00.000Z',
  createdAt: '2026-01-01T00:00:00.000Z',
  description: null,
  tags: [],
  vcpus: 1,
  memoryMib: 512,
  rootBytes: 2 ** 30,
};
const python = { userAgent: 'PythonAPI' };

async function launched(host: RentedHost): Promise<Record<string, unknown> & { instance_id: string }> {
  await host.call('launch_ondemand_instance', order);
  const [instance] = (await host.call('instance_list')) as { instance_id: string }[];
  if (instance === undefined) throw new Error('there is none');
  return { ...instance };
}

describe('instance_list', () => {
  it('has every field of its type, is flat and small', async () => {
    const host = rentedHost(facts);
    const instance = await launched(host);
    expect(instance).toEqual({
      instance_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      machine_resource_id: '7a000000-0000-4000-8000-000000000001',
      connection_id: 'connection-1',
      region_id: 'local',
      tag: 'my tag',
      state: 'RUNNING',
      ipv4: '10.77.0.1',
      ipv6: '',
      sshd_user: 'root',
      sshd_port: 22,
      ssh_key_file_name: 'laptop',
      product_name: 'c1.tiny',
      cpu: 1,
      memory: 512,
      root_storage: 10,
      device_desc: '-',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      transaction_id: host.operations.list().operations[0]?.id,
    });
    expect(JSON.stringify(instance).length).toBeLessThan(1024);
  });

  it('has those that went to other hosts, and lets nothing be done with them', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    const went = {
      uuid: '99999999-2222-4333-8444-555555555555',
      owner: alice.owner,
      target: 'other',
      hostUuid: 'there',
    };
    host.moved.push({ ...moved, ...went });
    expect(await host.call('instance_list')).toMatchObject([
      { instance_id, state: 'RUNNING' },
      { instance_id: went.uuid, state: 'MIGRATED', region_id: 'other', machine_resource_id: 'there' },
    ]);
    expect(await host.call('instance_list', {}, { user: bob })).toEqual([]);
    for (const name of ['start_instance', 'stop_instance', 'terminate_instance', 'network_description'])
      await expect(host.call(name, { instance_id: went.uuid }), name).rejects.toMatchObject({
        code: 'state-conflict',
        message: 'It went to the host "other": ask there.',
      });
    expect(host.changes).toEqual([]);
  });

  it('does not show others’ instances, nor does any function find them', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    expect(await host.call('instance_list', {}, { user: bob })).toEqual([]);
    for (const name of [
      ...['start_instance', 'stop_instance', 'emergency_restart_instance', 'terminate_instance'],
      ...['change_instance_tag', 'network_description'],
    ]) {
      await expect(host.call(name, { instance_id, tag: 'mine' }, { user: bob }), name).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(host.call(name, { tag: 'mine' }), name).rejects.toMatchObject({
        code: 'argument-invalid',
      });
      await expect(host.call(name, { instance_id: '../etc', tag: 'x' }), name).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    expect(host.changes).toEqual([]);
    expect(host.instances.list(alice.owner)).toHaveLength(1);
  });
});

describe('change_instance_tag', () => {
  it('by Node and Ruby gives it another tag', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    await host.call('change_instance_tag', { instance_id, tag: 'other' });
    expect(host.changes).toEqual(['describe other']);
    await expect(host.call('change_instance_tag', { instance_id })).rejects.toThrow(/tag is missing/);
    await expect(host.call('change_instance_tag', { instance_id, tag: 'x'.repeat(256) })).rejects.toThrow(
      /at most 255/,
    );
  });

  it('by Python, which asks for a termination, never terminates', async () => {
    const host = rentedHost(facts);
    const instance = await launched(host);
    await host.call('terminate_instance', { ...instance, tag: 'other' }, python);
    await host.call('terminate_instance', { ...instance, tag: '' }, python);
    expect(host.changes).toEqual(['describe other', 'describe ']);
    expect(host.instances.list(alice.owner)).toHaveLength(1);
    await host.call('terminate_instance', instance, python);
    expect(host.instances.list(alice.owner)).toEqual([]);
  });

  it('by Python, to the tag that it has, twice or said again, never terminates either', async () => {
    const host = rentedHost(facts);
    const { instance_id, machine_resource_id } = await launched(host);
    const named = { instance_id, machine_resource_id, tag: order.tag };
    await host.call('terminate_instance', named, python);
    await host.call('terminate_instance', named, python);
    expect(host.changes).toEqual([]);
    expect(host.instances.list(alice.owner)).toHaveLength(1);
  });
});

describe('terminate_instance', () => {
  it('removes it with all that it has; again it is not there', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    expect(await host.call('terminate_instance', { instance_id, tag: 'other' })).toEqual({});
    expect(host.domains.size).toBe(0);
    expect(host.volumes.size).toBe(0);
    await expect(host.call('terminate_instance', { instance_id })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('by Python without a tag is what it says', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    await host.call('terminate_instance', { instance_id }, python);
    expect(host.domains.size).toBe(0);
  });

  it('by Ruby is of all that its JSON names, and of none when one is not there', async () => {
    const host = rentedHost(facts);
    await host.call('launch_ondemand_instance', order);
    await host.call('launch_ondemand_instance', order);
    const named = host.instances.list(alice.owner).map(({ uuid }) => ({ instance_id: uuid }));
    const none = { instance_id: '00000000-0000-4000-8000-000000000000' };
    await expect(
      host.call('terminate_instance', { instances: JSON.stringify([...named, none]) }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(host.domains.size).toBe(2);
    await host.call('terminate_instance', { instances: JSON.stringify(named) });
    expect(host.domains.size).toBe(0);
  });
});

describe('power', () => {
  it('starts, stops, and boots anew', async () => {
    const host = rentedHost(facts);
    const { instance_id } = await launched(host);
    await host.call('stop_instance', { instance_id });
    await host.call('start_instance', { instance_id });
    await host.call('emergency_restart_instance', { instance_id });
    expect(host.changes).toEqual(['stop 60000', 'start', 'power reset']);
  });
});

it('network_description has the traffic of all interfaces, the disk, and both addresses', async () => {
  const host = rentedHost(facts);
  const { instance_id } = await launched(host);
  expect(await host.call('network_description', { instance_id })).toEqual({
    instance_status: {
      tag: 'my tag',
      private_ipv4: '192.168.122.7',
      global_ipv4: '10.77.0.1',
      global_ipv6: '',
      bytes_received: 11,
      bytes_sent: 0,
      packets_received: 0,
      packets_sent: 0,
      root_storage_usage: '/images/root'.length,
    },
    port_list: [{ port: 22 }],
  });
  host.addresses.clear();
  expect(await host.call('network_description', { instance_id })).toMatchObject({
    instance_status: { private_ipv4: '', global_ipv4: '' },
    port_list: [],
  });
});
