import { runProgram } from '../port-forwards/kernel/run-program.ts';
import type { HostAddress } from './host-address-store.ts';

/** The IPv4 addresses of the host's devices. */
export interface HostAddresses {
  list(): Promise<readonly HostAddress[]>;
  /** As a /32: no route comes with it. */
  add(address: HostAddress): Promise<void>;
  remove(address: HostAddress): Promise<void>;
}

interface Device {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly family: string; readonly local: string }[];
}

/** By ip(8); changes need the capability CAP_NET_ADMIN. */
export function createHostAddresses(): HostAddresses {
  return {
    async list() {
      const text = await runProgram('ip', ['-json', '-4', 'address', 'show']);
      const devices = JSON.parse(text === '' ? '[]' : text) as readonly Device[];
      return devices.flatMap(({ ifname = '', addr_info: addresses = [] }) =>
        addresses
          .filter(({ family }) => family === 'inet')
          .map(({ local }) => ({ address: local, device: ifname })),
      );
    },
    async add({ address, device }) {
      // On the loopback it is never chosen as the source towards others.
      const scope = device === 'lo' ? ['scope', 'host'] : [];
      await runProgram('ip', ['address', 'add', `${address}/32`, 'dev', device, ...scope]);
    },
    async remove({ address, device }) {
      await runProgram('ip', ['address', 'delete', `${address}/32`, 'dev', device]);
    },
  };
}
