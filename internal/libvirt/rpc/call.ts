import type { CallReport } from '../call-report.ts';
import type { CallOptions } from '../client.ts';
import { virError } from '../error-code.ts';
import { LibvirtConnectionError, LibvirtError, LibvirtProtocolError, LibvirtTimeoutError } from '../error.ts';
import type { DeadlineWheel, Expiring } from './deadline.ts';
import type { Procedure } from './wire/procedure.ts';
import type { Reader } from './xdr/reader.ts';
import type { Writer } from './xdr/writer.ts';

/** virErrorDomain of an error that this side of the protocol reports. */
const fromRpc = 7;

/** A call as a connection sees it. */
export interface PendingCall {
  readonly name: string;
  readonly program: number;
  readonly procedure: number;
  /** Nobody waits for the answer any more. */
  readonly settled: boolean;
  writeArguments(writer: Writer): void;
  /** Decodes libvirt's answer; one that cannot be decoded fails this call only. */
  succeed(reader: Reader): void;
  fail(error: Error): void;
}

export interface CallSurroundings {
  readonly deadlines: DeadlineWheel;
  readonly observe?: ((report: CallReport) => void) | undefined;
}

/** Makes one call: `submit` gets it to a connection; the promise settles with the answer, the deadline or the abort. */
export function makeCall<A, R>(
  name: string,
  procedure: Procedure<A, R>,
  values: A,
  surroundings: CallSurroundings,
  limits: { readonly deadlineMs: number; readonly signal?: CallOptions['signal'] },
  submit: (call: PendingCall) => void,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const call = new Call(name, procedure, values, surroundings, limits, { resolve, reject });
    if (!call.settled) submit(call);
  });
}

class Call<A, R> implements PendingCall, Expiring {
  readonly name: string;
  readonly program: number;
  readonly procedure: number;
  settled = false;
  readonly #codecs: Procedure<A, R>;
  readonly #values: A;
  readonly #surroundings: CallSurroundings;
  readonly #promise: { resolve: (value: R) => void; reject: (error: unknown) => void };
  readonly #startedAt: number;
  readonly #deadlineMs: number;
  readonly #ticket: number;
  readonly #signal: AbortSignal | undefined;

  constructor(
    name: string,
    procedure: Procedure<A, R>,
    values: A,
    surroundings: CallSurroundings,
    limits: { readonly deadlineMs: number; readonly signal?: CallOptions['signal'] },
    promise: { resolve: (value: R) => void; reject: (error: unknown) => void },
  ) {
    this.name = name;
    this.program = procedure.program;
    this.procedure = procedure.number;
    this.#codecs = procedure;
    this.#values = values;
    this.#surroundings = surroundings;
    this.#promise = promise;
    this.#startedAt = surroundings.observe ? performance.now() : 0;
    this.#deadlineMs = limits.deadlineMs;
    this.#ticket = surroundings.deadlines.schedule(this, limits.deadlineMs);
    this.#signal = limits.signal;
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener('abort', this.#abort, { once: true });
  }

  writeArguments(writer: Writer): void {
    this.#codecs.arguments.write(writer, this.#values);
  }

  succeed(reader: Reader): void {
    if (this.settled) return;
    let value: R;
    try {
      value = this.#codecs.result.read(reader);
    } catch (error) {
      this.fail(
        new LibvirtProtocolError(`cannot read libvirt's answer to ${this.name}: ${messageOf(error)}`, {
          cause: error,
        }),
      );
      return;
    }
    this.#settle('ok');
    this.#promise.resolve(value);
  }

  fail(error: Error): void {
    if (this.settled) return;
    this.#settle(outcomeOf(error), error instanceof LibvirtError ? error.code : undefined);
    this.#promise.reject(error);
  }

  expire(): void {
    this.fail(new LibvirtTimeoutError(this.name, this.#deadlineMs));
  }

  readonly #abort = (): void => {
    if (this.settled) return;
    this.#settle('error');
    this.#promise.reject(this.#signal?.reason);
  };

  #settle(outcome: CallReport['outcome'], code?: number): void {
    this.settled = true;
    this.#surroundings.deadlines.cancel(this, this.#ticket);
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#surroundings.observe?.({
      call: this.name,
      durationMs: performance.now() - this.#startedAt,
      outcome,
      ...(code === undefined ? {} : { code }),
    });
  }
}

/** What the caller gave does not fit libvirt's protocol: reported as libvirt itself reports a bad argument. */
export function argumentError(call: string, error: unknown): LibvirtError {
  return new LibvirtError({
    code: virError.invalidArgument,
    domain: fromRpc,
    level: 2,
    message: messageOf(error),
    call,
  });
}

function outcomeOf(error: Error): CallReport['outcome'] {
  if (error instanceof LibvirtTimeoutError) return 'timeout';
  if (error instanceof LibvirtConnectionError) return 'disconnected';
  return 'error';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
