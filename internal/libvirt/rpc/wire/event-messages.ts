import { int, struct } from '../xdr/codec.ts';
import { domainEventMessages } from './domain-event-messages.ts';
import {
  nameOf,
  networkLifecycles,
  nodeDeviceLifecycles,
  poolLifecycles,
  secretLifecycles,
} from './enumerations.ts';
import { eventMessage, type EventMessage } from './event-message.ts';
import { network, nodeDevice, pool, secret } from './objects.ts';

const callbackID = int;

/** All events that this client follows. */
export const eventMessages: readonly EventMessage[] = [
  ...domainEventMessages,
  eventMessage(
    'network',
    'NETWORK_EVENT_LIFECYCLE',
    315,
    0,
    struct({ callbackID, net: network, event: int, detail: int }),
    (message) => ({
      kind: 'network-lifecycle',
      network: message.net,
      event: nameOf(networkLifecycles, message.event, 'network event'),
      detail: message.detail,
    }),
  ),
  eventMessage(
    'pool',
    'STORAGE_POOL_EVENT_LIFECYCLE',
    370,
    0,
    struct({ callbackID, pool, event: int, detail: int }),
    (message) => ({
      kind: 'pool-lifecycle',
      pool: message.pool,
      event: nameOf(poolLifecycles, message.event, 'pool event'),
      detail: message.detail,
    }),
  ),
  eventMessage('pool', 'STORAGE_POOL_EVENT_REFRESH', 373, 1, struct({ callbackID, pool }), (message) => ({
    kind: 'pool-refresh',
    pool: message.pool,
  })),
  eventMessage(
    'nodeDevice',
    'NODE_DEVICE_EVENT_LIFECYCLE',
    376,
    0,
    struct({ callbackID, dev: nodeDevice, event: int, detail: int }),
    (message) => ({
      kind: 'node-device-lifecycle',
      device: message.dev,
      event: nameOf(nodeDeviceLifecycles, message.event, 'node device event'),
      detail: message.detail,
    }),
  ),
  eventMessage(
    'nodeDevice',
    'NODE_DEVICE_EVENT_UPDATE',
    377,
    1,
    struct({ callbackID, dev: nodeDevice }),
    (message) => ({
      kind: 'node-device-update',
      device: message.dev,
    }),
  ),
  eventMessage(
    'secret',
    'SECRET_EVENT_LIFECYCLE',
    382,
    0,
    struct({ callbackID, secret, event: int, detail: int }),
    (message) => ({
      kind: 'secret-lifecycle',
      secret: message.secret,
      event: nameOf(secretLifecycles, message.event, 'secret event'),
      detail: message.detail,
    }),
  ),
  eventMessage('secret', 'SECRET_EVENT_VALUE_CHANGED', 383, 1, struct({ callbackID, secret }), (message) => ({
    kind: 'secret-value-changed',
    secret: message.secret,
  })),
];
