import {
  InstancesServiceService,
  type Instance,
} from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import type { Config } from '../config-file/parse-config.ts';
import type { Daemon } from '../connection/daemon.ts';
import { Failure } from '../failure.ts';
import { compareConfig, type ConfigChange } from './compare.ts';
import { readSpec } from './read-spec.ts';

/** What there is of what a config asks for. */
export interface Comparison {
  /** null: there is none of that name. */
  readonly instance: Instance | null;
  readonly changes: readonly ConfigChange[];
  /** The config has what is kept nowhere, and so not compared. */
  readonly hasSecrets: boolean;
}

export async function compareWithInstance(daemon: Daemon, name: string, config: Config): Promise<Comparison> {
  const { spec, hasSecrets } = readSpec(config);
  const instance = await findInstance(daemon, name);
  if (instance === null) return { instance, changes: [], hasSecrets };
  const made = readSpec(instance.config, `What ${name} was made from`).spec;
  return { instance, changes: compareConfig(spec, made, instance), hasSecrets };
}

/** Changes what may be changed, if nobody else has changed the instance since. */
export async function updateInstance(
  daemon: Daemon,
  { uuid, etag }: Instance,
  config: Config,
  changes: readonly ConfigChange[],
): Promise<Instance | undefined> {
  const { spec } = readSpec(config);
  const differs = (path: string): boolean => changes.some((change) => change.path === path);
  const { instance } = await daemon.call(InstancesServiceService.updateInstance, {
    instance: uuid,
    etag,
    autostart: differs('autostart') ? spec.autostart : undefined,
    description: differs('info.description') ? (spec.description ?? '') : undefined,
    tags: differs('vm_tags') ? { values: [...spec.tags] } : undefined,
    validateOnly: false,
  });
  return instance;
}

/** Throws when some of the changes cannot be made; then none of them is. */
export function requireChangeable(name: string, changes: readonly ConfigChange[]): void {
  const fixed = changes.filter(({ needsNewInstance }) => needsNewInstance);
  if (fixed.length === 0) return;
  const paths = fixed.map(({ path }) => path).join(', ');
  const message = `${name} cannot be changed in ${paths}: delete it and apply again, or apply under another name. Nothing was changed.`;
  throw new Failure('needs-new-instance', message, { exit: 'needsNewInstance', details: { name, changes } });
}

async function findInstance(daemon: Daemon, name: string): Promise<Instance | null> {
  try {
    return (await daemon.call(InstancesServiceService.getInstance, { instance: name })).instance ?? null;
  } catch (error) {
    if (error instanceof Failure && error.exit === 'notFound') return null;
    throw error;
  }
}
