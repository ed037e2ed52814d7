import type { ErrorCode } from '../errors/catalogue.ts';

/** What the structured form of Run describes; the names are those of the Cocos manager (May 2023). */
export interface ComputationManifest {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly datasets: readonly string[];
  readonly algorithms: readonly string[];
  readonly datasetProviders: readonly string[];
  readonly algorithmProviders: readonly string[];
  readonly resultConsumers: readonly string[];
  /** Seconds that the computation is kept, int32. 0 or less: for ever. */
  readonly ttlSeconds: number;
}

/**
 * A computation as a client hands it over. `blob`: bytes that only the agent understands. `structured`: the fields of
 * the manifest; `ttlRequired` is true over gRPC, where the Cocos manager demands a ttl above 0, and false over HTTP.
 */
export type RunInput =
  | { readonly form: 'blob'; readonly computation: Uint8Array }
  | { readonly form: 'structured'; readonly manifest: ComputationManifest; readonly ttlRequired: boolean };

/**
 * stored: kept here, no agent is configured. delivering: being sent to the agent. delivered: the agent took it.
 * failed: the agent refused it or was not reached in time. expired: its ttl is over; listed for a while, then removed.
 */
export type ComputationState = 'stored' | 'delivering' | 'delivered' | 'failed' | 'expired';

/** Why a computation is `failed`. */
interface ComputationFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A computation as it is kept. Times are milliseconds since 1970 UTC. */
export interface Computation {
  /** Our own UUID v4, whatever the agent answered. */
  readonly id: string;
  readonly form: RunInput['form'];
  /** null in the blob form. */
  readonly manifest: ComputationManifest | null;
  /** Size of what the agent gets: the blob, or the manifest as JSON. */
  readonly payloadBytes: number;
  readonly state: ComputationState;
  /** What the agent answered, verbatim; in the blob form this is the id that the client was told. */
  readonly agentAnswer: string | null;
  readonly failure: ComputationFailure | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** null: never. */
  readonly expiresAt: number | null;
  /** Delivery is given up at this time; null where no agent is configured. */
  readonly deliverBy: number | null;
}

export interface ComputationQuery {
  /** Only these states; absent: all. */
  readonly states?: readonly ComputationState[];
  /** 1 to 1000; default 100. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface ComputationPage {
  readonly computations: readonly Computation[];
  /** Given as `after`, it leads to the next page; null on the last. */
  readonly next: string | null;
}
