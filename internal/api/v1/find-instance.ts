import { ProtiumError } from '../../errors/protium-error.ts';
import type { Instance, Instances } from '../../instances/instance.ts';

/** The instance that a request names by uuid, else by the name of its domain. */
export type FindInstance = (named: string) => Instance;

/**
 * @param uuidOf the uuid of the domain of that uuid or name; undefined: there is none
 * @returns throws `not-found`
 */
export function instanceFinder(
  instances: Pick<Instances, 'get'>,
  uuidOf: (uuidOrName: string) => string | undefined,
): FindInstance {
  return (named) => {
    const uuid = uuidOf(named.toLowerCase()) ?? uuidOf(named);
    const instance = uuid === undefined ? undefined : instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${named}".`);
    return instance;
  };
}
