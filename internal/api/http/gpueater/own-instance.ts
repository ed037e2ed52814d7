import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Instance, Instances } from '../../../instances/instance.ts';
import { normaliseId } from '../../../spec/ids.ts';

/** The user's instance of that id. Another's looks as if it were not there: `not-found`. */
export function ownInstance(instances: Pick<Instances, 'get'>, owner: string, id: string): Instance {
  const uuid = normaliseId(id);
  const instance = uuid === null ? undefined : instances.get(uuid);
  if (instance?.owner === owner) return instance;
  throw new ProtiumError('not-found', `There is no instance "${id.slice(0, 64)}".`);
}
