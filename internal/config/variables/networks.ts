import { addressPool, deviceName, ipAddress, portRange } from '../values.ts';
import type { Variable } from './variable.ts';

/** Forwarded ports and floating addresses. */
export const networkVariables = {
  forwardAddress: {
    name: 'PROTIUM_FORWARD_ADDRESS',
    aliases: [],
    fallback: '127.0.0.1',
    allowed: 'an IP address',
    meaning:
      'Where forwarded ports listen when a request does not say; 0.0.0.0: on all IPv4 addresses of the host.',
    schema: ipAddress,
  },
  forwardPorts: {
    name: 'PROTIUM_FORWARD_PORTS',
    aliases: [],
    fallback: '20000-20999',
    allowed: 'two ports with a dash between them',
    meaning:
      'Ports of the host from which one is chosen when a request to forward a port does not say which.',
    schema: portRange,
  },
  floatingAddresses: {
    name: 'PROTIUM_FLOATING_ADDRESSES',
    aliases: [],
    fallback: '10.77.0.0/24',
    allowed:
      'IPv4 addresses, ranges (a-b) and CIDR blocks, separated by commas, at most 65536 addresses; or none',
    meaning: 'Addresses of the host that can lead to instances; none: there are no floating addresses.',
    schema: addressPool,
  },
  floatingDevice: {
    name: 'PROTIUM_FLOATING_DEVICE',
    aliases: [],
    fallback: 'lo',
    allowed: 'the name of a network device',
    meaning:
      'The device that floating addresses are put on; another one than lo: so that its network reaches them.',
    schema: deviceName,
  },
} as const satisfies Record<string, Variable>;
