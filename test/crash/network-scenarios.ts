import { create, done, inOrder, request, withNetwork, type Scenario } from './scenario.ts';

/** What networks keep beside the journal of operations. */
export const networkScenarios: readonly Scenario[] = [
  {
    kind: 'port forward',
    drives: ['port_forward'],
    // The guest keeps an address for it, also when it is closed again: that is a change of its own.
    prepare: inOrder(create(withNetwork), done('PUT', '/v1/networks/default/reservations/vm', {})),
    act: request('POST', '/v1/port-forwards', { instance: 'vm', guestPort: 22, hostPort: 2222 }),
  },
  {
    kind: 'reservation',
    drives: ['reservation'],
    prepare: create(withNetwork),
    act: request('PUT', '/v1/networks/default/reservations/vm', {}),
  },
  {
    kind: 'reservation',
    variant: 'that is given up',
    drives: ['reservation'],
    prepare: inOrder(create(withNetwork), done('PUT', '/v1/networks/default/reservations/vm', {})),
    act: request('DELETE', '/v1/networks/default/reservations/vm'),
  },
  {
    kind: 'floating address',
    drives: ['floating_association', 'floating_host_address', 'floating_last'],
    prepare: inOrder(create(withNetwork), done('PUT', '/v1/networks/default/reservations/vm', {})),
    act: request('POST', '/v1/floating-addresses', { instance: 'vm' }),
  },
];
