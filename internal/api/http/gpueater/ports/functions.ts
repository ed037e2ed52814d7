import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { FloatingAddress, FloatingAddresses } from '../../../../floating-addresses/floating-address.ts';
import type { Instances } from '../../../../instances/instance.ts';
import type { GpueaterCall, GpueaterField, GpueaterFunction } from '../function.ts';
import { ownInstance } from '../own-instance.ts';

export interface PortGroupParts {
  readonly instances: Pick<Instances, 'get'>;
  readonly floatingAddresses: Pick<FloatingAddresses, 'of' | 'openPort' | 'closePort' | 'renew' | 'refresh'>;
}

const instanceField: GpueaterField = {
  name: 'instance_id',
  required: true,
  description: 'the id of the instance',
};
const connectionField = (required: boolean): GpueaterField => ({
  name: 'connection_id',
  required,
  description: 'the connection of the instance, as instance_list tells it; after renew_ipv4 it is another',
});
const portField: GpueaterField = { name: 'port', required: true, description: 'from 1 to 65535' };

/** The open ports of an instance, as the clients read them. */
function portList({ ports }: Pick<FloatingAddress, 'ports'>): readonly { readonly port: number }[] {
  return ports.map((port) => ({ port }));
}

function connectionObject(floating: FloatingAddress): object {
  return {
    ipv4: floating.address,
    connection_id: floating.connectionId,
    port_list: portList(floating),
  };
}

/** The group of ports and addresses. */
export function portFunctions({ instances, floatingAddresses }: PortGroupParts): readonly GpueaterFunction[] {
  const connected = (instance: string): FloatingAddress => {
    const floating = floatingAddresses.of(instance);
    if (floating !== undefined) return floating;
    throw new ProtiumError('not-found', `The instance ${instance} has no address of its own.`);
  };
  /** What the request is about: the connection is checked where it is given, so that a stale or foreign one changes nothing. */
  const named = ({ user, form }: GpueaterCall, connection: 'required' | 'optional'): FloatingAddress => {
    const { uuid } = ownInstance(instances, user.owner, form.text('instance_id'));
    const given = connection === 'required' ? form.text('connection_id') : form.optional('connection_id');
    const floating = connected(uuid);
    if (given === null || given === floating.connectionId) return floating;
    throw invalidArgument(
      'connection_id',
      'connection_id is not that of this instance: list the instances again.',
    );
  };
  const port = ({ form }: GpueaterCall): number => form.integer('port', { min: 1, max: 65_535 });
  const now = ({ instance }: FloatingAddress): object => connectionObject(connected(instance));

  const common = { since: '0.1.0', listed: true } as const;
  return [
    {
      ...common,
      name: 'port_list',
      method: 'GET',
      path: '/port_list',
      fields: [instanceField, connectionField(false)],
      description: 'The open ports of an instance: a list of {port}.',
      handle: (call) => Promise.resolve(portList(named(call, 'optional'))),
    },
    {
      ...common,
      name: 'open_port',
      method: 'POST',
      path: '/add_port',
      fields: [instanceField, connectionField(true), portField],
      description: "Opens a TCP port of the instance's address; answers {ipv4, connection_id, port_list}.",
      handle: async (call) => {
        const floating = named(call, 'required');
        await floatingAddresses.openPort(floating.instance, port(call));
        return now(floating);
      },
    },
    {
      ...common,
      name: 'close_port',
      method: 'POST',
      path: '/delete_port',
      fields: [instanceField, connectionField(true), portField],
      description: 'Closes a port, but for 22; answers as open_port.',
      handle: async (call) => {
        const floating = named(call, 'required');
        await floatingAddresses.closePort(floating.instance, port(call));
        return now(floating);
      },
    },
    {
      ...common,
      name: 'renew_ipv4',
      method: 'POST',
      path: '/renew_ipv4',
      fields: [instanceField, connectionField(false)],
      description: 'Another address and connection, the same ports; answers as open_port.',
      handle: async (call) =>
        connectionObject(await floatingAddresses.renew(named(call, 'optional').instance)),
    },
    {
      ...common,
      name: 'refresh_ipv4',
      listed: false,
      method: 'POST',
      path: '/refresh_ipv4',
      fields: [instanceField, connectionField(false)],
      description: "Makes the host's addresses and rules again; answers as open_port.",
      handle: async (call) => {
        const floating = named(call, 'optional');
        await floatingAddresses.refresh(floating.instance);
        return now(floating);
      },
    },
  ];
}
