import {
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';

export interface OpenStreams {
  readonly interceptor: ServerInterceptor;
  /** Ends every open streaming call, and each that comes later, with UNAVAILABLE. */
  end(): void;
}

/** Follows the streaming calls of a server: left alone, a watching client would hold up its shutdown. */
export function trackStreams(): OpenStreams {
  const open = new Set<ServerInterceptingCallInterface>();
  let ending = false;
  return {
    interceptor: (method, call) => {
      if (!method.responseStream && !method.requestStream) return new ServerInterceptingCall(call);
      const listener = new ServerListenerBuilder().withOnCancel(() => open.delete(call)).build();
      return new ServerInterceptingCall(call, {
        start: (next) => {
          open.add(call);
          next(listener);
          if (ending) endCall(call);
        },
      });
    },
    end: () => {
      ending = true;
      for (const call of open) endCall(call);
    },
  };
}

function endCall(call: ServerInterceptingCallInterface): void {
  call.sendStatus({ code: status.UNAVAILABLE, details: 'The server is stopping.' });
}
