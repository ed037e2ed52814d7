import type { LibvirtEvent } from '../../events.ts';
import {
  int,
  optional,
  string,
  struct,
  unsignedHyper,
  unsignedInt,
  type Codec,
  type Fields,
  type Values,
} from '../xdr/codec.ts';
import type { Reader } from '../xdr/reader.ts';
import {
  domainLifecycles,
  nameOf,
  networkLifecycles,
  nodeDeviceLifecycles,
  poolLifecycles,
  secretLifecycles,
} from './enumerations.ts';
import { domain, network, nodeDevice, pool, secret } from './objects.ts';
import type { registration } from './procedures/event.ts';
import { typedParameters } from './typed-parameters.ts';

/** One kind of event: how it is asked for, and how its message is read. */
export interface EventMessage {
  /** Its name in the .x file without the prefix. */
  readonly name: string;
  /** The message's procedure number. */
  readonly number: number;
  readonly subsystem: keyof typeof registration;
  /** The subsystem's number of the event, for the registration. */
  readonly eventId: number;
  readonly shape: string;
  read(reader: Reader): LibvirtEvent;
}

const callbackID = int;
const dom = domain;

export const eventMessages: readonly EventMessage[] = [
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
    318,
    0,
    wrapped({ dom, event: int, detail: int }),
    ({ msg }) => ({
      kind: 'domain-lifecycle',
      domain: msg.dom,
      event: nameOf(domainLifecycles, msg.event, 'domain event'),
      detail: msg.detail,
    }),
  ),
  ofDomain('DOMAIN_EVENT_CALLBACK_REBOOT', 319, 1, wrapped({ dom }), ({ msg }) => ({
    kind: 'domain-reboot',
    domain: msg.dom,
  })),
  ofDomain('DOMAIN_EVENT_CALLBACK_WATCHDOG', 321, 3, wrapped({ dom, action: int }), ({ msg }) => ({
    kind: 'domain-watchdog',
    domain: msg.dom,
    action: msg.action,
  })),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON',
    324,
    6,
    wrapped({ dom, srcPath: string, devAlias: string, action: int, reason: string }),
    ({ msg }) => ({
      kind: 'domain-io-error',
      domain: msg.dom,
      path: msg.srcPath,
      device: msg.devAlias,
      action: msg.action,
      reason: msg.reason,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_TRAY_CHANGE',
    328,
    10,
    wrapped({ dom, devAlias: string, reason: int }),
    ({ msg }) => ({
      kind: 'domain-tray-change',
      domain: msg.dom,
      device: msg.devAlias,
      reason: msg.reason,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE',
    331,
    13,
    wrapped({ dom, actual: unsignedHyper }),
    ({ msg }) => ({ kind: 'domain-balloon', domain: msg.dom, actualKiB: msg.actual }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED',
    333,
    15,
    wrapped({ dom, devAlias: string }),
    ({ msg }) => ({ kind: 'domain-device-removed', domain: msg.dom, device: msg.devAlias }),
  ),
  ofDomain(
    'DOMAIN_EVENT_BLOCK_JOB_2',
    339,
    16,
    struct({ callbackID, dom, dst: string, type: int, status: int }),
    (message) => ({
      kind: 'domain-block-job',
      domain: message.dom,
      disk: message.dst,
      type: message.type,
      status: message.status,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE',
    348,
    18,
    struct({ callbackID, dom, state: int, reason: int }),
    (message) => ({
      kind: 'domain-agent-lifecycle',
      domain: message.dom,
      connected: message.state === 1, // VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
      reason: message.reason,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_DEVICE_ADDED',
    354,
    19,
    struct({ callbackID, dom, devAlias: string }),
    (message) => ({ kind: 'domain-device-added', domain: message.dom, device: message.devAlias }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION',
    359,
    20,
    struct({ callbackID, dom, iteration: int }),
    (message) => ({
      kind: 'domain-migration-iteration',
      domain: message.dom,
      iteration: message.iteration,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_JOB_COMPLETED',
    363,
    21,
    struct({ callbackID, dom, params: typedParameters(64) }),
    (message) => ({ kind: 'domain-job-completed', domain: message.dom }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED',
    367,
    22,
    struct({ callbackID, dom, devAlias: string }),
    (message) => ({
      kind: 'domain-device-removal-failed',
      domain: message.dom,
      device: message.devAlias,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_CALLBACK_METADATA_CHANGE',
    379,
    23,
    struct({ callbackID, dom, type: int, nsuri: optional(string) }),
    (message) => ({
      kind: 'domain-metadata-change',
      domain: message.dom,
      type: message.type,
      uri: message.nsuri,
    }),
  ),
  ofDomain(
    'DOMAIN_EVENT_MEMORY_FAILURE',
    423,
    25,
    struct({ callbackID, dom, recipient: int, action: int, flags: unsignedInt }),
    (message) => ({
      kind: 'domain-memory-failure',
      domain: message.dom,
      recipient: message.recipient,
      action: message.action,
    }),
  ),
  event(
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
  event(
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
  event('pool', 'STORAGE_POOL_EVENT_REFRESH', 373, 1, struct({ callbackID, pool }), (message) => ({
    kind: 'pool-refresh',
    pool: message.pool,
  })),
  event(
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
  event(
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
  event(
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
  event('secret', 'SECRET_EVENT_VALUE_CHANGED', 383, 1, struct({ callbackID, secret }), (message) => ({
    kind: 'secret-value-changed',
    secret: message.secret,
  })),
];

/** The older domain events: a callback number, and the message of the time before there were any. */
function wrapped<F extends Fields>(
  fields: F,
): Codec<{ readonly callbackID: number; readonly msg: Values<F> }> {
  return struct({ callbackID, msg: struct(fields) });
}

function ofDomain<T>(
  name: string,
  number: number,
  eventId: number,
  message: Codec<T>,
  toEvent: (message: T) => LibvirtEvent,
): EventMessage {
  return event('domain', name, number, eventId, message, toEvent);
}

function event<T>(
  subsystem: EventMessage['subsystem'],
  name: string,
  number: number,
  eventId: number,
  message: Codec<T>,
  toEvent: (message: T) => LibvirtEvent,
): EventMessage {
  return {
    name,
    number,
    subsystem,
    eventId,
    shape: message.shape,
    read: (reader) => toEvent(message.read(reader)),
  };
}
