import { ProtiumError } from '../../errors/protium-error.ts';
import type { OperationDefinition, OperationShape } from '../../operations/definition.ts';
import type { Json } from '../../operations/json.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Instance, Instances } from '../instance.ts';
import type { InstanceTarget } from '../lifecycle/target.ts';

/** How a change is asked for. */
export interface ChangeOptions {
  /** Everything is checked, nothing is changed. */
  readonly validateOnly?: boolean;
  /** The same key of the same owner, with the same change: the operation that was begun first. */
  readonly idempotencyKey?: string;
}

export interface BegunChange {
  /** null: nothing was begun, it was a dry run. */
  readonly operation: string | null;
  /** What a person should know of it. */
  readonly notices: readonly string[];
}

/** A change of an instance that can be tried without being made. */
export interface Change<S extends OperationShape & { readonly input: InstanceTarget }> {
  readonly definition: OperationDefinition<S>;
  /** Rejects when it cannot be made; resolves with what a person should know of it. */
  check(input: S['input']): Promise<readonly string[]>;
}

export type BeginChange = <S extends OperationShape & { readonly input: InstanceTarget }>(
  change: Change<S>,
  uuid: string,
  input: (target: InstanceTarget) => Json<S['input']>,
  options?: ChangeOptions,
) => Promise<BegunChange>;

/**
 * Begins changes of instances: each is checked before it is journalled, so that who asks learns of a refusal at once, and
 * again when it holds the instance. Rejects with `not-found`, and as the check does.
 */
export function createBeginChange(options: {
  readonly instances: Pick<Instances, 'get'>;
  readonly operations: Operations;
  readonly ready: () => Promise<void>;
}): BeginChange {
  const { instances, operations, ready } = options;
  const existing = (uuid: string): Instance => {
    const instance = instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    return instance;
  };
  return async (change, uuid, inputOf, { validateOnly = false, idempotencyKey = '' } = {}) => {
    await ready();
    const { domain, owner } = existing(uuid);
    const input = inputOf({ uuid, domain });
    // Of a key that was used before the change is made by now: it would be refused as done twice.
    const notices = idempotencyKey !== '' && !validateOnly ? [] : await change.check(input);
    if (validateOnly) return { operation: null, notices };
    const { id } = await operations.start(change.definition, input, {
      owner,
      ...(idempotencyKey === '' ? {} : { idempotencyKey }),
    });
    return { operation: id, notices };
  };
}
