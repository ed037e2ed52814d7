import type { Instance, Instances } from '../../instances/instance.ts';
import type { BegunChange } from '../../instances/changes/begin-change.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Operation } from '../grpc/generated/protium/v1/operations.ts';
import { begun } from './begun.ts';
import { instanceFinder } from './find-instance.ts';

/** How requests name instances, and how they are told of what was begun. */
export interface InstanceNaming {
  readonly instances: Pick<Instances, 'get'>;
  readonly operations: Pick<Operations, 'get'>;
  /** The uuid of the domain of that uuid or name; undefined: there is none. */
  readonly uuidOf: (uuidOrName: string) => string | undefined;
}

/** @throws ProtiumError `not-found` */
export function instanceNamed({ instances, uuidOf }: InstanceNaming, named: string): Instance {
  return instanceFinder(instances, uuidOf)(named);
}

/** The answer to a change that may have been a dry run. */
export function begunChange(
  { operations }: Pick<InstanceNaming, 'operations'>,
  { operation, notices }: BegunChange,
): { readonly operation: Operation | undefined; readonly notices: string[] } {
  return { ...begun(operations, operation), notices: [...notices] };
}
