import type { Socket } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import {
  ServerInterceptingCall,
  ServerListenerBuilder,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Caller } from '../../identity/caller.ts';
import { requestIdOf } from '../grpc/request-id.ts';
import { toStatus } from '../grpc/status.ts';
import { addressOf } from './address.ts';
import { requireUse, type Admission, type Door, type Knock } from './door.ts';
import { unauthenticated } from './credentials.ts';
import type { FailedLogins } from './failed-logins.ts';

export interface GrpcDoorOptions {
  readonly door: Door;
  readonly failedLogins: FailedLogins;
  /** Full names (`protium.v1.EventsService/WatchEvents`) of the methods that change nothing. */
  readonly reads: ReadonlySet<string>;
  /** Told of every call that is turned away, before its answer: the record of who did what. */
  readonly turnedAway?: (refusal: {
    readonly method: string;
    readonly address: string;
    readonly requestId: string;
    readonly error: ProtiumError;
  }) => Promise<void>;
}

/** By the metadata of the call, which only this process has. */
const callers = new WeakMap<Metadata, Caller>();

/** Anybody may ask how the daemon is. */
const open = '/grpc.health.v1.Health/';

/**
 * Lets a call pass to its handler when it is known who makes it (callerOf).
 *
 * @param socketOf the connection of a call, by what grpc-js tells of it; undefined: it has ended
 */
export function grpcDoor(
  { door, failedLogins, reads, turnedAway }: GrpcDoorOptions,
  socketOf: (call: ServerInterceptingCallInterface) => Socket | undefined,
): ServerInterceptor {
  return (method, call) => {
    if (method.path.startsWith(open)) return new ServerInterceptingCall(call);
    const socket = socketOf(call);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const enter = (admission: Admission): void => {
          requireUse(admission, reads.has(method.path.slice(1)));
          callers.set(metadata, admission.caller);
          next(metadata);
        };
        const refuse = (knock: Knock, error: unknown): void => {
          const answer = async (): Promise<unknown> => {
            if (!(error instanceof ProtiumError)) return error;
            const told = await failedLogins.answerTo(error, knock);
            const address = addressOf(knock.socket);
            const requestId = requestIdOf(metadata);
            await turnedAway?.({ method: method.path.slice(1), address, requestId, error: told });
            return told;
          };
          void answer()
            .catch((failure: unknown) => failure)
            .then((told) => call.sendStatus(toStatus(told)));
        };
        if (socket === undefined) {
          call.sendStatus(toStatus(unauthenticated('The connection has ended.')));
          return;
        }
        const knock = knockOf(metadata, call.getHost(), socket);
        try {
          const admission = door.admit(knock);
          if (admission instanceof Promise)
            admission.then(enter).catch((error: unknown) => refuse(knock, error));
          else enter(admission);
        } catch (error) {
          refuse(knock, error);
        }
      })
      .build();
    return new ServerInterceptingCall(call, { start: (next) => next(listener) });
  };
}

/**
 * Who makes a call.
 *
 * @throws ProtiumError `unauthenticated` for a call that did not come by the door
 */
export function callerOf(metadata: Metadata): Caller {
  const caller = callers.get(metadata);
  if (caller === undefined) throw unauthenticated('Nobody is known to make this call.');
  return caller;
}

function knockOf(metadata: Metadata, host: string, socket: Socket): Knock {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(metadata.getMap())) headers[name] = String(value);
  return { authorization: metadata.get('authorization').map(String), headers, host, socket };
}
