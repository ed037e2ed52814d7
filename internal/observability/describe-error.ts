import { ProtiumError } from '../errors/protium-error.ts';
import { LibvirtConnectionError, LibvirtError, LibvirtTimeoutError } from '../libvirt/error.ts';

/** How an error stands in the log. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  /** Where it began; only for what nobody foresaw. */
  readonly stack?: string;
  readonly cause?: DescribedError;
  /** The members of an AggregateError. */
  readonly errors?: readonly DescribedError[];
  /** What else the error carries: code, details, errno, path ... */
  readonly [property: string]: unknown;
}

/** A message may quote a whole document or a command's output. */
const maxTextLength = 2000;
const maxDepth = 6;
const maxMembers = 10;

/**
 * An error with its causes, for the log. Of other people's errors only plain values are taken: some carry sockets,
 * requests with their headers, or a command's whole output.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: shortened(String(error)) };
  const { name, message, stack, cause } = error;
  const members: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const deeper = (inner: unknown) => describeError(inner, depth + 1);
  return {
    ...plainProperties(error),
    type: name,
    message: shortened(message),
    ...(isForeseen(error) || stack === undefined ? {} : { stack: shortened(stack) }),
    ...(cause === undefined || depth === maxDepth ? {} : { cause: deeper(cause) }),
    ...(members.length === 0 || depth === maxDepth
      ? {}
      : { errors: members.slice(0, maxMembers).map(deeper) }),
  };
}

/** Its code and text say it all: a stack would only make the log long. */
function isForeseen(error: Error): boolean {
  if (error instanceof ProtiumError) return error.code !== 'internal';
  return [LibvirtError, LibvirtConnectionError, LibvirtTimeoutError].some((type) => error instanceof type);
}

function plainProperties(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error)) {
    if (name === 'name') continue;
    if (typeof value === 'string') properties[name] = shortened(value);
    else if (typeof value === 'number' || typeof value === 'boolean') properties[name] = value;
    else if (name === 'details' && error instanceof ProtiumError) properties[name] = details(error);
  }
  return properties;
}

function details(error: ProtiumError): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === 'string' ? shortened(value) : value,
    ]),
  );
}

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)} ...`;
}
