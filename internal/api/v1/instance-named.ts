import { ProtiumError } from '../../errors/protium-error.ts';
import type { Instance, Instances } from '../../instances/instance.ts';
import type { Operations } from '../../operations/operations.ts';
import type { BegunChange } from '../../instances/changes/begin-change.ts';
import type { Operation } from '../grpc/generated/protium/v1/operations.ts';
import { encodeOperation } from './operations.ts';

/** How requests name instances, and how they are told of what was begun. */
export interface InstanceNaming {
  readonly instances: Pick<Instances, 'get'>;
  readonly operations: Pick<Operations, 'get'>;
  /** The uuid of the domain of that uuid or name; undefined: there is none. */
  readonly uuidOf: (uuidOrName: string) => string | undefined;
}

/** @throws ProtiumError `not-found` */
export function instanceNamed({ instances, uuidOf }: InstanceNaming, named: string): Instance {
  const uuid = uuidOf(named.toLowerCase()) ?? uuidOf(named);
  const instance = uuid === undefined ? undefined : instances.get(uuid);
  if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${named}".`);
  return instance;
}

export function begunOperation({ operations }: InstanceNaming, id: string): Operation {
  const record = operations.get(id);
  if (record === undefined) throw new ProtiumError('internal', `The operation ${id} is gone.`);
  return encodeOperation(record);
}

/** The answer to a change that may have been a dry run. */
export function begunChange(
  naming: InstanceNaming,
  { operation, notices }: BegunChange,
): { readonly operation: Operation | undefined; readonly notices: string[] } {
  return {
    operation: operation === null ? undefined : begunOperation(naming, operation),
    notices: [...notices],
  };
}
