import { Metadata, status } from '@grpc/grpc-js';
import { catalogue } from '../../errors/catalogue.ts';
import { cutText } from '../../errors/cut-text.ts';
import { escapedFromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError, type ErrorDetails } from '../../errors/protium-error.ts';
import { ErrorInfo } from './generated/google/rpc/error_details.ts';
import { Status } from './generated/google/rpc/status.ts';

/** How a call ends: number of google.rpc.Code, message, trailers. */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

const codes: ReadonlyMap<number, status> = new Map(
  Object.values(status)
    .filter((code) => typeof code === 'number')
    .map((code) => [code, code]),
);

/** The status code of this number of google.rpc.Code; an unknown number is UNKNOWN. */
export function statusCode(number: number): status {
  return codes.get(number) ?? status.UNKNOWN;
}

/** Many peers refuse header lists above 8 KiB; message and details share that with the rest. */
const maxMessageLength = 1024;
const maxDetailsBytes = 3 * 1024;

/**
 * The status for any error. The trailers carry the catalogue's code as `protium-error-code` and the details as
 * google.rpc.ErrorInfo in `grpc-status-details-bin`; details that are too large are left out. What is no ProtiumError
 * and not libvirt's becomes `internal`, without its text: that may hold what the client must not see.
 */
export function toStatus(error: unknown): CallStatus {
  if (!(error instanceof ProtiumError)) {
    return toStatus(escapedFromLibvirt(error) ?? new ProtiumError('internal', catalogue.internal.title));
  }
  const code = statusCode(catalogue[error.code].grpc);
  const metadata = new Metadata();
  metadata.set('protium-error-code', error.code);
  metadata.set('grpc-status-details-bin', statusDetails(code, error));
  return { code, details: cutText(error.message, maxMessageLength), metadata };
}

function statusDetails(code: number, error: ProtiumError): Buffer {
  const full = encodeDetails(code, error, textOf(error.details));
  return full.length <= maxDetailsBytes ? full : encodeDetails(code, error, {});
}

function encodeDetails(code: number, error: ProtiumError, metadata: Record<string, string>): Buffer {
  // Reasons are upper case with underscores by the contract of ErrorInfo.
  const reason = error.code.toUpperCase().replaceAll('-', '_');
  const info = ErrorInfo.encode({ reason, domain: 'protium', metadata }).finish();
  const any = { typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info) };
  return Buffer.from(
    Status.encode({ code, message: cutText(error.message, maxMessageLength), details: [any] }).finish(),
  );
}

function textOf(details: ErrorDetails): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}
