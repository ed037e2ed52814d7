import { Metadata, status } from '@grpc/grpc-js';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { statusCode, toStatus, type CallStatus } from './status.ts';

/** A file that the original could not read. */
const notFound: ReadonlySet<ErrorCode> = new Set(['file-not-found', 'path-forbidden']);

/** What the original did not turn into one of its two texts: the agent's errors, and what ends the call itself. */
const passedOn: ReadonlySet<ErrorCode> = new Set([
  'libvirt-unavailable',
  'agent-unavailable',
  'agent-failed',
  'deadline-exceeded',
  'cancelled',
  'interrupted',
  'internal',
]);

/**
 * The status as the original Cocos manager gave it: UNKNOWN with one of two texts and nothing else. An error of the
 * agent keeps the agent's own code and text (`agentStatus` and `agentMessage` in the details).
 */
export function toCocosStatus(error: unknown): CallStatus {
  if (!(error instanceof ProtiumError)) return toStatus(error);
  if (passedOn.has(error.code)) return agentStatus(error) ?? toStatus(error);
  return {
    code: status.UNKNOWN,
    details: notFound.has(error.code) ? 'entity not found' : 'malformed entity specification',
    metadata: new Metadata(),
  };
}

function agentStatus(error: ProtiumError): CallStatus | null {
  const { agentStatus: code, agentMessage: details } = error.details;
  if (typeof code !== 'number' || typeof details !== 'string') return null;
  return { code: statusCode(code), details, metadata: new Metadata() };
}
