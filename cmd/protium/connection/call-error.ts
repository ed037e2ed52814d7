import { status, type ServiceError } from '@grpc/grpc-js';
import { ErrorInfo } from '../../../internal/api/grpc/generated/google/rpc/error_details.ts';
import { Status } from '../../../internal/api/grpc/generated/google/rpc/status.ts';
import { exitOf } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** What a failed call means. A daemon's own errors carry their code of the catalogue; others are of the connection. */
export function describeCallError(error: ServiceError, address: string): Failure {
  const [code] = error.metadata.get('protium-error-code');
  if (code === undefined) return unreachable(error, address);
  return catalogued(String(code), error.details, detailsOf(error), error);
}

/** An error of the catalogue, as an answer or an operation has it. */
export function catalogued(
  code: string,
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): Failure {
  const { reasons } = details;
  const listed = Array.isArray(reasons) ? reasons.map(String) : [];
  // The reasons are the message: said once, as a list.
  const sentence = code === 'host-incapable' && listed.length > 0 ? incapable : message;
  return new Failure(code, sentence, { exit: exitOf(code), reasons: listed, details, cause });
}

export const incapable = 'This host cannot give it.';

function unreachable(error: ServiceError, address: string): Failure {
  const what =
    error.code === status.UNAVAILABLE
      ? `No Protium daemon answers at ${address}`
      : `What answers at ${address} is no Protium daemon, or an older one`;
  const way = 'Is it running? Another address is given by --address or PROTIUM_ADDRESS.';
  const message =
    error.code === status.DEADLINE_EXCEEDED
      ? `The Protium daemon at ${address} did not answer in time.`
      : `${what} (${causeOf(error)}). ${way}`;
  return new Failure('unreachable', message, { exit: 'unreachable', cause: error });
}

/** What the system said of the connection, without what the library has around it. */
function causeOf({ details }: ServiceError): string {
  const [, cause = details] = /Last error: (?:Error: )?(.*?)\. Resolution note/.exec(details) ?? [];
  return cause.replace(/\.$/, '');
}

/** What the trailers tell beside the sentence; texts that hold lists are lists again. */
function detailsOf({ metadata }: ServiceError): Readonly<Record<string, unknown>> {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return {};
  const [detail] = Status.decode(bytes).details;
  if (detail?.typeUrl !== 'type.googleapis.com/google.rpc.ErrorInfo') return {};
  const entries = Object.entries(ErrorInfo.decode(detail.value).metadata);
  return Object.fromEntries(entries.map(([name, text]) => [name, valueOf(text)]));
}

function valueOf(text: string): unknown {
  if (!text.startsWith('[')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
