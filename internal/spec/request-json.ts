import type { JsonValue, Spec } from './spec.ts';
import { volumeObject } from './specfile.ts';

/**
 * `req_json` of AtomOS's answers: the config as it was understood, memory in MiB.
 *
 * @param creationDate `MM/DD/YYYY, HH:MM:SS`, UTC: what Elemento's clients can read
 * @param ipv4 of the guest, where it is known; else 0.0.0.0, as in Elemento's own example
 */
export function requestJson(
  spec: Spec,
  {
    name,
    creationDate,
    ipv4 = '0.0.0.0',
  }: { readonly name: string; readonly creationDate: string; readonly ipv4?: string },
): Record<string, JsonValue> {
  const { cpu, memory, os } = spec;
  return {
    ...spec.extra,
    slots: cpu.slots,
    overprovision: cpu.overprovision,
    allowSMT: cpu.allowSmt,
    arch: cpu.archs,
    flags: cpu.flags,
    ramsize: memory.mib,
    reqECC: memory.requireEcc,
    volumes: spec.volumes.map(volumeObject),
    pcidevs: spec.pci.map(({ vendor, model, quantity }) => ({ vendor, model, quantity })),
    netdevs: [],
    os_family: os.family,
    os_flavour: os.flavour ?? '',
    vm_name: name,
    creation_date: creationDate,
    network_config: { ipv4 },
  };
}

/** `MM/DD/YYYY, HH:MM:SS` of an ISO time, in UTC. */
export function atomosDate(iso: string): string {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso) ?? [];
  return `${month ?? '01'}/${day ?? '01'}/${year ?? '1970'}, ${time ?? '00:00:00'}`;
}
