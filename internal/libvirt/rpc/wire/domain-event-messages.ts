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
import { domainLifecycles, nameOf } from './enumerations.ts';
import { eventMessage, type EventMessage } from './event-message.ts';
import { domain } from './objects.ts';
import { typedParameters } from './typed-parameters.ts';

const callbackID = int;
const dom = domain;
/** VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED. */
const agentConnected = 1;

export const domainEventMessages: readonly EventMessage[] = [
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
      connected: message.state === agentConnected,
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
];

/** The older events: a callback number, and the message of the time before there were any. */
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
  return eventMessage('domain', name, number, eventId, message, toEvent);
}
