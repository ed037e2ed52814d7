import {
  Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { Logger } from '../../observability/log.ts';
import { cutText } from '../../errors/cut-text.ts';
import { deadlineOf } from './call-context.ts';
import { requestIdKey, requestIdOf } from './request-id.ts';

/** One call that has ended. */
export interface CallReport {
  readonly requestId: string;
  /** Full name, e.g. `manager.ManagerService/Run`. */
  readonly method: string;
  /** Name of the status code, e.g. `OK`. */
  readonly code: string;
  readonly durationMs: number;
  readonly peer: string;
}

/** Codes that tell of a fault on this side. */
const faults: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.INTERNAL,
  status.DATA_LOSS,
  status.UNAVAILABLE,
]);

/** Also what an agent said, or the library. */
const longestDetails = 4096;

/**
 * Gives each call its request id (also in the answer's metadata) and reports it once when it has ended. A call that
 * grpc-js ended by itself (deadline, client gone, message too large) counts as DEADLINE_EXCEEDED or CANCELLED.
 */
export function reportCalls(log: Logger, observe: (report: CallReport) => void): ServerInterceptor {
  return (method, call) => {
    const started = performance.now();
    let requestId = '';
    let reported = false;
    const report = (code: status): void => {
      if (reported) return;
      reported = true;
      const facts: CallReport = {
        requestId,
        method: method.path.slice(1),
        code: status[code],
        durationMs: performance.now() - started,
        peer: call.getPeer(),
      };
      log[levelOf(code)](facts, `gRPC ${facts.method} ${facts.code}`);
      observe(facts);
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        requestId = requestIdOf(metadata);
        next(metadata);
      })
      .withOnCancel(() => {
        const deadline = deadlineOf(call);
        const late = deadline !== undefined && Date.now() >= deadline.getTime();
        report(late ? status.DEADLINE_EXCEEDED : status.CANCELLED);
      })
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMetadata((metadata, next) => {
        metadata.set(requestIdKey, requestId);
        next(metadata);
      })
      .withSendStatus((ending, next) => {
        const metadata = ending.metadata?.clone() ?? new Metadata();
        // An answer without messages has no other place for it.
        if (ending.code !== status.OK) metadata.set(requestIdKey, requestId);
        report(ending.code);
        // A half character would end the daemon: grpc-js encodes the text, and throws.
        // Its type says that there always is a text; where the library ends a call, there may be none.
        const { details } = ending as { readonly details?: string };
        next({
          ...ending,
          metadata,
          ...(details !== undefined && { details: cutText(details, longestDetails) }),
        });
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

function levelOf(code: status): 'debug' | 'info' | 'warn' {
  if (code === status.OK) return 'debug';
  return faults.has(code) ? 'warn' : 'info';
}
