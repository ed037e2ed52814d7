import { constants } from 'node:os';
import { virError } from '../libvirt/error-code.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtTimeoutError,
  UnsupportedCallError,
} from '../libvirt/error.ts';
import type { ErrorCode } from './catalogue.ts';
import { ProtiumError } from './protium-error.ts';

/** errno of a VIR_ERR_SYSTEM_ERROR → our code (Linux numbers). */
const systemCodes: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [constants.errno.EPERM, 'permission-denied'],
  [constants.errno.EACCES, 'permission-denied'],
  [constants.errno.EROFS, 'permission-denied'],
  [constants.errno.ENOSPC, 'storage-full'],
  [constants.errno.EDQUOT, 'storage-full'],
  [constants.errno.EBUSY, 'resource-in-use'],
]);

/** libvirt's code → ours. What is not listed is `libvirt-failed`. */
const codes: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [virError.noSupport, 'unsupported'],
  [virError.noConnect, 'libvirt-unavailable'],
  [virError.invalidConnection, 'libvirt-unavailable'],
  [virError.invalidArgument, 'argument-invalid'],
  [virError.osType, 'document-refused'],
  [virError.noSource, 'document-refused'],
  [virError.noTarget, 'document-refused'],
  [virError.noName, 'document-refused'],
  [virError.noOs, 'document-refused'],
  [virError.invalidMac, 'document-refused'],
  [virError.xmlMalformed, 'document-refused'],
  [virError.xmlDetail, 'document-refused'],
  [virError.xmlInvalidSchema, 'document-refused'],
  [virError.domainExists, 'already-exists'],
  [virError.networkExists, 'already-exists'],
  [virError.storageVolumeExists, 'already-exists'],
  [virError.noDomain, 'not-found'],
  [virError.noNetwork, 'not-found'],
  [virError.noStoragePool, 'not-found'],
  [virError.noStorageVolume, 'not-found'],
  [virError.noNodeDevice, 'not-found'],
  [virError.noNwfilter, 'not-found'],
  [virError.buildFirewall, 'host-incapable'],
  [virError.noSecret, 'not-found'],
  [virError.noDomainSnapshot, 'not-found'],
  [virError.noDomainMetadata, 'not-found'],
  [virError.deviceMissing, 'not-found'],
  [virError.operationDenied, 'permission-denied'],
  [virError.authFailed, 'permission-denied'],
  [virError.authCancelled, 'permission-denied'],
  [virError.authUnavailable, 'permission-denied'],
  [virError.accessDenied, 'permission-denied'],
  [virError.operationInvalid, 'state-conflict'],
  [virError.resourceBusy, 'busy'],
  [virError.configUnsupported, 'host-incapable'],
  [virError.cpuIncompatible, 'host-incapable'],
  [virError.argumentUnsupported, 'unsupported'],
  [virError.operationUnsupported, 'unsupported'],
  [virError.agentUnresponsive, 'agent-unresponsive'],
  [virError.agentUnsynced, 'agent-unresponsive'],
  [virError.operationTimeout, 'deadline-exceeded'],
  [virError.operationAborted, 'cancelled'],
]);

/**
 * Any error of the libvirt room as one of the catalogue, with libvirt's own code, domain and text in the details.
 * What is no libvirt error is returned as it is when it is a ProtiumError, else as `internal`.
 *
 * @param doing what was tried, e.g. `define the domain`; begins the message.
 */
export function fromLibvirt(error: unknown, doing: string): ProtiumError {
  if (error instanceof ProtiumError) return error;
  if (error instanceof LibvirtError) {
    return new ProtiumError(codeOf(error), `Could not ${doing}: ${error.message}`, {
      cause: error,
      details: {
        call: error.call,
        libvirtCode: error.code,
        libvirtDomain: error.domain,
        libvirtLevel: error.level,
        libvirtMessage: error.message,
      },
    });
  }
  if (error instanceof LibvirtConnectionError) {
    return new ProtiumError(
      'libvirt-unavailable',
      `Could not ${doing}: libvirt cannot be reached (${error.message}). Is libvirtd running?`,
      { cause: error },
    );
  }
  if (error instanceof LibvirtTimeoutError) {
    return new ProtiumError('deadline-exceeded', `Could not ${doing}: ${error.message}.`, {
      cause: error,
      details: { call: error.call, deadlineMs: error.deadlineMs },
    });
  }
  if (error instanceof UnsupportedCallError) {
    return new ProtiumError('unsupported', `Could not ${doing}: ${error.message}.`, { cause: error });
  }
  return new ProtiumError('internal', `Could not ${doing}: ${String(error)}`, { cause: error });
}

/** An error of the libvirt room that nobody has translated on its way to the caller; null: it is none of that room. */
export function escapedFromLibvirt(error: unknown): ProtiumError | null {
  const told = fromLibvirt(error, 'do what was asked');
  return told.code === 'internal' ? null : told;
}

function codeOf(error: LibvirtError): ErrorCode {
  if (error.code === virError.systemError && error.systemErrno !== null) {
    return systemCodes.get(error.systemErrno) ?? 'libvirt-failed';
  }
  return codes.get(error.code) ?? 'libvirt-failed';
}
