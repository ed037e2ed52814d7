import { ProtiumError } from '../errors/protium-error.ts';
import { configOfFlavor } from '../flavors/config-of-flavor.ts';
import type { Flavors } from '../flavors/flavor.ts';
import { readSpec } from '../spec/read-spec.ts';
import type { FlavorSource } from './create-subscriptions.ts';

/** The flavors of the host, as subscriptions need them. */
export function flavorSource(flavors: Pick<Flavors, 'list' | 'get'>): FlavorSource {
  return {
    list: () => flavors.list(),
    async specOf(name) {
      const flavor = await flavors.get(name);
      if (flavor === undefined) return undefined;
      const bare = { name, image: null, imageBytes: 0, sshKeys: [], description: '', tags: [] };
      const read = readSpec(configOfFlavor(flavor, bare));
      if (!read.ok) throw new ProtiumError('internal', `The config of the flavor "${name}" is not accepted.`);
      return read.spec;
    },
  };
}
