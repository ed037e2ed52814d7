import type { Instance } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { specfileOf } from '../../../internal/spec/specfile.ts';
import type { JsonValue, Spec } from '../../../internal/spec/spec.ts';
import { flatten } from './flatten.ts';

/** A field in which a config and an instance differ. */
export interface ConfigChange {
  /** As in a flat specfile: `ramsize`, `volumes[0].size`. */
  readonly path: string;
  /** undefined: the instance does not have it. */
  readonly from: JsonValue | undefined;
  /** undefined: the config does not ask for it. */
  readonly to: JsonValue | undefined;
  /** It cannot be changed: only a new instance can have it. */
  readonly needsNewInstance: boolean;
}

/** What UpdateInstance changes, as the instance has it now. */
export type Present = Pick<Instance, 'autostart' | 'description' | 'tags'>;

/**
 * In what an instance differs from the config that is applied. Both sides have their defaults, so that a default that is
 * said equals one that is not. Autostart, description and tags count only where the config says them: they are changed
 * without a config too.
 *
 * @param made the config that the instance was made from
 */
export function compareConfig(wanted: Spec, made: Spec, present: Present): readonly ConfigChange[] {
  const changes: ConfigChange[] = [];
  const compare = (
    path: string,
    from: JsonValue | undefined,
    to: JsonValue | undefined,
    needsNewInstance: boolean,
  ): void => {
    if (JSON.stringify(from) !== JSON.stringify(to)) changes.push({ path, from, to, needsNewInstance });
  };
  const before = flatten(fixedPart(made));
  const after = flatten(fixedPart(wanted));
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    compare(path, before.get(path), after.get(path), true);
  }
  const said = (path: string): boolean => !wanted.assumed.includes(path);
  if (said('autostart')) compare('autostart', present.autostart, wanted.autostart, false);
  if (wanted.description !== null) {
    compare('info.description', present.description, wanted.description, false);
  }
  if (said('vm_tags')) compare('vm_tags', present.tags, wanted.tags, false);
  return changes;
}

/** What an instance has for good, complete; lists whose order means nothing are sorted. */
function fixedPart(spec: Spec): Record<string, JsonValue> {
  const { cpu, pci } = spec;
  const {
    autostart: _autostart,
    vm_tags: _tags,
    ...rest
  } = specfileOf({
    ...spec,
    name: null,
    description: null,
    extra: {},
    assumed: [],
    cpu: { ...cpu, archs: [...cpu.archs].sort(), flags: cpu.flags.map((flag) => flag.toUpperCase()).sort() },
    pci: [...pci].sort((a, b) => (`${a.vendor}:${a.model}` < `${b.vendor}:${b.model}` ? -1 : 1)),
  });
  return rest;
}
