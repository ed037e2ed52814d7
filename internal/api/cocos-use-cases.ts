import type { RunInput } from '../computations/model.ts';
import type { RequestContext } from './request-context.ts';

/** The paths of the three documents on this host; an empty one means the shipped default. */
export interface CreateDomainRequest {
  readonly pool: string;
  readonly volume: string;
  readonly domain: string;
}

export interface CreatedDomain {
  readonly name: string;
  /**
   * What was changed in the documents so that they run here, in plain words: HTTP tells it in the header
   * `Protium-Notice`, gRPC in the initial metadata `protium-notice`.
   */
  readonly notices: readonly string[];
}

/** What the Cocos dialects ask for, over HTTP and gRPC alike. Every call rejects with a ProtiumError. */
export interface CocosUseCases {
  /** Makes pool, volume and domain from their documents and starts the domain; `name` is the domain's. */
  createDomain(request: CreateDomainRequest, context: RequestContext): Promise<CreatedDomain>;
  /** Takes a computation; `id` is the agent's answer in the blob form where an agent is configured, else our UUID. */
  run(input: RunInput, context: RequestContext): Promise<{ readonly id: string }>;
}
