import { describe, expect, it } from 'vitest';
import { formOf } from '../../../../../internal/api/http/gpueater/form.ts';
import { portFunctions } from '../../../../../internal/api/http/gpueater/ports/functions.ts';
import type { FloatingAddress } from '../../../../../internal/floating-addresses/floating-address.ts';
import type { Instance } from '../../../../../internal/instances/instance.ts';
import { floatingHost, owner } from '../../../floating-addresses/fixture.ts';

const other = 'b'.repeat(32);
const ids = {
  mine: '11111111-1111-4111-8111-111111111111',
  second: '22222222-2222-4222-8222-222222222222',
  bare: '33333333-3333-4333-8333-333333333333',
  theirs: '44444444-4444-4444-8444-444444444444',
};

async function console(): Promise<{
  call: (name: string, fields: Readonly<Record<string, unknown>>, as?: string) => Promise<unknown>;
  of: (instance: string) => FloatingAddress | undefined;
  connection: (instance: string) => string;
}> {
  const { floating } = floatingHost();
  for (const uuid of [ids.mine, ids.second]) await floating.associate(uuid, owner);
  await floating.associate(ids.theirs, other);
  const owners = new Map(Object.values(ids).map((id) => [id, id === ids.theirs ? other : owner]));
  const functions = portFunctions({
    instances: {
      get: (uuid) => (owners.has(uuid) ? ({ uuid, owner: owners.get(uuid) } as Instance) : undefined),
    },
    floatingAddresses: floating,
  });
  return {
    of: (instance) => floating.of(instance),
    connection: (instance) => floating.of(instance)?.connectionId ?? '',
    call: async (name, fields, as = owner) => {
      const found = functions.find((each) => each.name === name);
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found.handle({
        user: { name: 'u', owner: as, createdAt: '' },
        form: formOf(new Map(Object.entries(fields))),
        userAgent: 'NodeJS-API',
        signal: new AbortController().signal,
        setHeader: () => undefined,
      });
    },
  };
}

const failure = (code: string) => expect.objectContaining({ code }) as unknown as Error;

describe('ports', () => {
  it('are listed, opened and closed, twice too', async () => {
    const { call, connection } = await console();
    const form = { instance_id: ids.mine, connection_id: connection(ids.mine), tag: 't g&=é' };
    expect(await call('port_list', form)).toEqual([{ port: 22 }]);
    // As digits and as a number; the whole instance comes with it.
    const opened = {
      ipv4: '10.77.0.1',
      connection_id: form.connection_id,
      port_list: [{ port: 22 }, { port: 9999 }],
    };
    for (const port of ['9999', 9999]) expect(await call('open_port', { ...form, port })).toEqual(opened);
    // Node sends what open_port has left in the object.
    expect(await call('port_list', { ...form, port: '9999' })).toEqual([{ port: 22 }, { port: 9999 }]);
    for (const port of [9999, '9999']) {
      expect(await call('close_port', { ...form, port })).toMatchObject({ port_list: [{ port: 22 }] });
    }
    // Python and Ruby name the instance alone.
    expect(await call('port_list', { instance_id: ids.mine })).toEqual([{ port: 22 }]);
  });

  it.each(['0', '65536', 'x', '22.5', '-1', '', '1e3', '9'.repeat(30)])('%j is none', async (port) => {
    const { call, connection, of } = await console();
    const form = { instance_id: ids.mine, connection_id: connection(ids.mine), port };
    for (const name of ['open_port', 'close_port']) {
      await expect(call(name, form)).rejects.toThrow(failure('argument-invalid'));
    }
    expect(of(ids.mine)?.ports).toEqual([22]);
  });

  it('22 stays open', async () => {
    const { call, connection, of } = await console();
    const form = { instance_id: ids.mine, connection_id: connection(ids.mine), port: '22' };
    await expect(call('close_port', form)).rejects.toThrow(failure('argument-invalid'));
    expect(of(ids.mine)?.ports).toEqual([22]);
  });

  it("of another connection, or somebody else's, are not touched", async () => {
    const { call, connection, of } = await console();
    const port = '80';
    for (const name of ['open_port', 'close_port', 'renew_ipv4', 'refresh_ipv4', 'port_list']) {
      for (const connection_id of [connection(ids.second), connection(ids.theirs), 'x']) {
        const form = { instance_id: ids.mine, connection_id, port };
        await expect(call(name, form)).rejects.toThrow(failure('argument-invalid'));
      }
      const theirs = { instance_id: ids.theirs, connection_id: connection(ids.theirs), port };
      const unknown = { ...theirs, instance_id: ids.theirs.replaceAll('4', '5') };
      const messages = await Promise.all(
        [theirs, unknown].map((form) =>
          call(name, form).then(
            () => 'done',
            (error: unknown) => (error as Error).message.replace(form.instance_id, 'ID'),
          ),
        ),
      );
      expect(messages).toEqual(['There is no instance "ID".', 'There is no instance "ID".']);
      await expect(call(name, { instance_id: ids.bare, connection_id: 'x', port })).rejects.toThrow(
        failure('not-found'),
      );
      await expect(call(name, { connection_id: connection(ids.mine), port })).rejects.toThrow(
        failure('argument-invalid'),
      );
    }
    for (const name of ['open_port', 'close_port']) {
      await expect(call(name, { instance_id: ids.mine, port })).rejects.toThrow(failure('argument-invalid'));
    }
    for (const id of [ids.mine, ids.second, ids.theirs]) expect(of(id)?.ports).toEqual([22]);
  });
});

describe('addresses', () => {
  it('are renewed once, however often the same object is sent', async () => {
    const { call, connection, of } = await console();
    const form = { instance_id: ids.mine, connection_id: connection(ids.mine) };
    const renewed = await call('renew_ipv4', form);
    expect(renewed).toEqual({
      ipv4: '10.77.0.4',
      connection_id: connection(ids.mine),
      port_list: [{ port: 22 }],
    });
    await expect(call('renew_ipv4', form)).rejects.toThrow(failure('argument-invalid'));
    expect(of(ids.mine)?.address).toBe('10.77.0.4');
    expect(await call('renew_ipv4', { instance_id: ids.mine })).toMatchObject({ ipv4: '10.77.0.5' });
  });

  it('are refreshed', async () => {
    const { call, connection } = await console();
    const form = { instance_id: ids.mine, connection_id: connection(ids.mine) };
    expect(await call('refresh_ipv4', form)).toMatchObject({ ipv4: '10.77.0.1' });
  });
});
