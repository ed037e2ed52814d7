import type { JsonValue } from '../spec/spec.ts';
import type { Flavor } from './flavor.ts';

/** A config of Elemento's, as spec/read-spec.ts reads it. */
export type ElementoConfig = Readonly<Record<string, JsonValue>>;

/** What a VM of a flavor is to have beside it. */
export interface FlavorUse {
  readonly name: string;
  /** Of an image, by name or id; null: its disk is made empty. */
  readonly image: string | null;
  /** Of that image's disk: it cannot be made smaller. */
  readonly imageBytes: number;
  /** Public keys that let root in; none: no guest setup at all. */
  readonly sshKeys: readonly string[];
  readonly description: string;
  readonly tags: readonly string[];
}

const gibibyte = 2 ** 30;
/** With how many VMs its cores may be shared, it included. */
const overprovision = 4;

/** The config of a VM of a flavor: its disk as the flavor has it, on the default network, with root let in by key. */
export function configOfFlavor(flavor: Flavor, use: FlavorUse): ElementoConfig {
  const size = Math.max(flavor.rootStorageGib * gibibyte, use.imageBytes);
  return {
    info: { vm_name: use.name, description: use.description },
    cpu: { slots: flavor.vcpus, allowSMT: true, overprovision },
    ram: { ramsize: flavor.memoryMib },
    pci: flavor.devices.map(({ vendorId, deviceId, count }) => ({
      vendor: vendorId,
      model: deviceId,
      quantity: count,
    })),
    volumes: [{ size, format: 'qcow2', ...(use.image === null ? {} : { image: use.image }) }],
    tags: use.tags,
    ...(use.sshKeys.length === 0
      ? {}
      : { authentication: { username: 'root', 'ssh-key': [...use.sshKeys] } }),
  };
}
