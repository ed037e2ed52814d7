import type { CallReport } from '../call-report.ts';
import type { CallOptions } from '../client.ts';
import { virError } from '../error-code.ts';
import { LibvirtConnectionError, LibvirtError, LibvirtTimeoutError } from '../error.ts';
import type { CallArguments, TableCall } from './call-names.ts';
import { virsh, type VirshCommand } from './command.ts';
import { defaultDeadlineMs } from './deadline.ts';
import { runVirsh, type VirshEnd, type VirshLocation } from './process.ts';
import { inquiry, isThere, refusalCode, type Inquiry } from './refusal.ts';
import { commandsOf } from './table.ts';

/** One call of the interface while it runs: all its virsh processes share its deadline. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** Runs the commands of a call of the table, one after the other; resolves with what each printed. */
  run<N extends TableCall>(call: N, values: CallArguments<N>, extra?: RunExtras): Promise<readonly string[]>;
  /** Runs one command; resolves with what it printed. */
  execute(command: VirshCommand): Promise<string>;
}

export interface RunExtras {
  /** Paths for the commands' file options, by the file's name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Ends virsh, besides the attempt's own signal. */
  readonly signal?: AbortSignal;
}

/** virErrorDomain VIR_FROM_NONE. */
const fromNone = 0;
const errorLevel = 2;
/** Node's timers take no longer time; nobody waits for one that is longer. */
const timerMaximumMs = 2 ** 31 - 1;

export class Runner {
  readonly location: VirshLocation;
  readonly #observe: ((report: CallReport) => void) | undefined;
  readonly #closing = new AbortController();

  constructor(location: VirshLocation, observe: ((report: CallReport) => void) | undefined) {
    this.location = location;
    this.#observe = observe;
  }

  /** Aborts when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  close(): void {
    this.#closing.abort(new LibvirtConnectionError('this libvirt client is closed'));
  }

  /** A call that is one entry of the table, and whose result is read from what virsh printed. */
  read<N extends TableCall, T>(
    call: N,
    values: CallArguments<N>,
    options: CallOptions | undefined,
    result: (outputs: readonly string[]) => T,
  ): Promise<T> {
    return this.perform(call, options, async (attempt) => result(await attempt.run(call, values)));
  }

  /** A call that is one entry of the table, and has no result. */
  async done<N extends TableCall>(
    call: N,
    values: CallArguments<N>,
    options: CallOptions | undefined,
  ): Promise<void> {
    await this.perform(call, options, (attempt) => attempt.run(call, values));
  }

  /** Any call: its deadline, its abort and its report are looked after. */
  async perform<T>(
    call: string,
    options: CallOptions | undefined,
    body: (attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    const deadlineMs = options?.deadlineMs ?? defaultDeadlineMs(call);
    const deadline = new AbortController();
    const timer =
      deadlineMs > timerMaximumMs
        ? undefined
        : setTimeout(() => {
            deadline.abort(new LibvirtTimeoutError(call, deadlineMs));
          }, deadlineMs);
    const signal = AbortSignal.any([
      this.#closing.signal,
      deadline.signal,
      ...(options?.signal ? [options.signal] : []),
    ]);
    try {
      signal.throwIfAborted();
      const result = await body(this.#attempt(call, signal));
      this.#report(call, startedAt, 'ok');
      return result;
    } catch (error) {
      this.#report(call, startedAt, outcomeOf(error), error instanceof LibvirtError ? error.code : undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #attempt(call: string, signal: AbortSignal): Attempt {
    const ask = (command: VirshCommand, extra: RunExtras = {}): Promise<VirshEnd> => {
      const ending = extra.signal ? AbortSignal.any([signal, extra.signal]) : signal;
      return runVirsh(this.location, call, command, ending, extra.files);
    };
    return {
      signal,
      execute: async (command) => {
        const end = await ask(command);
        if (end.end === 'ok') return end.output;
        throw end.end === 'error' ? end.error : await explain(call, end, virError.internalError, null, ask);
      },
      run: async (name, values, extra) => {
        const outputs: string[] = [];
        for (const command of commandsOf(name, values)) {
          const end = await ask(command, extra);
          if (end.end === 'error') throw end.error;
          if (end.end === 'refused') {
            throw await explain(call, end, refusalCode(name), inquiry(name, values), ask);
          }
          outputs.push(end.output);
        }
        return outputs;
      },
    };
  }

  #report(call: string, startedAt: number, outcome: CallReport['outcome'], code?: number): void {
    this.#observe?.({
      call,
      durationMs: performance.now() - startedAt,
      outcome,
      ...(code === undefined ? {} : { code }),
    });
  }
}

/**
 * virsh failed, and there was no error to read. Behind a relay it was virsh itself that refused. Else libvirt is
 * asked again: is it there at all, and is the object that the call is about?
 */
async function explain(
  call: string,
  end: VirshEnd & { end: 'refused' },
  refusal: number,
  about: Inquiry | null,
  ask: (command: VirshCommand) => Promise<VirshEnd>,
): Promise<Error> {
  let code = refusal;
  if (!end.relayed) {
    code = virError.internalError;
    const answer = await ask(about?.list ?? virsh('hostname'));
    if (answer.end === 'refused') {
      return new LibvirtConnectionError(`virsh cannot connect to libvirt: ${answer.text}`);
    }
    if (about && answer.end === 'ok' && !isThere(about, answer.output)) code = about.code;
  }
  return new LibvirtError({ code, domain: fromNone, level: errorLevel, message: end.text, call });
}

function outcomeOf(error: unknown): CallReport['outcome'] {
  if (error instanceof LibvirtTimeoutError) return 'timeout';
  if (error instanceof LibvirtConnectionError) return 'disconnected';
  return 'error';
}
