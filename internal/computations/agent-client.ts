import { credentials, Metadata, type ChannelCredentials, type ServiceError } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { AgentServiceClient } from '../api/grpc/generated/agent/agent.ts';

/** The agent that runs computations inside the VM. */
export interface AgentClient {
  /** One attempt. Resolves with the agent's answer; rejects with AgentError, or with the signal's reason when aborted. */
  run(payload: Uint8Array, signal: AbortSignal): Promise<string>;
  close(): void;
}

export interface AgentClientOptions {
  /** `host:port`, or `unix:PATH`. */
  readonly url: string;
  /** Longest wait for the answer to one attempt. */
  readonly timeoutMs: number;
  /** Absent or null: plaintext. `caFile`: PEM file with the authority of the agent's certificate. */
  readonly tls?: { readonly caFile: string } | null;
}

/** What the agent, or the way to it, answered instead of a result. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  /** Number of google.rpc.Code. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Connects at the first call. Throws the system's error when the CA file cannot be read. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const client = new AgentServiceClient(options.url, credentialsOf(options), {
    // An agent that comes up late is found soon: while the channel backs off, every call fails at once.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    // How often to try again is decided in delivery.ts alone.
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    // The agent is on this host or in its networks.
    'grpc.enable_http_proxy': 0,
  });
  return {
    run: (payload, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(reasonOf(signal));
          return;
        }
        const deadline = new Date(Date.now() + options.timeoutMs);
        const request = { computation: Buffer.from(payload) };
        const call = client.run(request, new Metadata(), { deadline }, (error, response) => {
          signal.removeEventListener('abort', cancel);
          if (error === null) resolve(response.computation);
          else reject(signal.aborted ? reasonOf(signal) : agentError(error));
        });
        const cancel = (): void => call.cancel();
        signal.addEventListener('abort', cancel);
      }),
    close: () => client.close(),
  };
}

function credentialsOf({ tls }: AgentClientOptions): ChannelCredentials {
  return tls === undefined || tls === null
    ? credentials.createInsecure()
    : credentials.createSsl(readFileSync(tls.caFile));
}

function agentError(error: ServiceError): AgentError {
  return new AgentError(error.code, error.details);
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
