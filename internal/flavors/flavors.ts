import type { HostReader } from '../host/reader.ts';
import type { Instances } from '../instances/instance.ts';
import { readSpec } from '../spec/read-spec.ts';
import { configOfFlavor } from './config-of-flavor.ts';
import type { Flavor, Flavors } from './flavor.ts';
import { flavorsOf } from './flavors-of.ts';
import { readFlavorSettings } from './settings.ts';

/** What the host has changes rarely; what is taken of it is looked at anew each time. */
const factsMaxAgeMs = 5000;

export function createFlavors(options: {
  readonly host: Pick<HostReader, 'read'>;
  readonly instances: Pick<Instances, 'check'>;
  /** The operator's settings; null: none. */
  readonly settingsFile: string | null;
}): Flavors {
  const { host, instances, settingsFile } = options;
  const list = async (): Promise<readonly Flavor[]> => {
    const [facts, settings] = await Promise.all([
      host.read({ maxAgeMs: factsMaxAgeMs }),
      readFlavorSettings(settingsFile),
    ]);
    return flavorsOf(facts, settings);
  };
  const outlook: Flavors['outlook'] = (flavor) => {
    const read = readSpec(
      configOfFlavor(flavor, {
        name: flavor.name,
        image: null,
        imageBytes: 0,
        sshKeys: [],
        description: '',
        tags: [],
      }),
    );
    if (!read.ok) throw new Error(`the config of ${flavor.name} is not accepted`);
    return instances.check(read.spec);
  };
  return {
    list,
    get: async (id) => (await list()).find((flavor) => flavor.id === id),
    outlook,
    available: async (flavor) => !flavor.limited && (await outlook(flavor)).ok,
  };
}
