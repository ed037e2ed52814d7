import type { JsonValue, Spec, VolumeRequest } from './spec.ts';

/**
 * The spec as a flat specfile again; reading it gives the same spec. What was assumed is left out.
 *
 * @param secrets whether what is for the guest alone is written too
 */
export function specfileOf(
  spec: Spec,
  { secrets = false }: { readonly secrets?: boolean } = {},
): Record<string, JsonValue> {
  const { cpu, memory, os, tuning } = spec;
  const said = (path: string, value: JsonValue | undefined): Record<string, JsonValue> =>
    value === undefined || value === null || spec.assumed.includes(path)
      ? {}
      : { [path.split('.').at(-1) ?? path]: value };
  const info = {
    ...(spec.name === null ? {} : { vm_name: spec.name }),
    ...(spec.description === null ? {} : { description: spec.description }),
  };
  const misc = {
    ...said('misc.os_family', os.family),
    ...said('misc.os_flavour', os.flavour ?? ''),
    ...said('misc.os_version', os.version ?? ''),
    ...said('misc.firmware', spec.firmware ?? ''),
    ...said('misc.qemu_agent', spec.qemuAgent ?? ''),
    ...said('misc.manufacturer', spec.manufacturer ?? 'Any'),
  };
  const protium = {
    ...said('protium.hugepages', tuning.hugepages),
    ...said('protium.topology', tuning.topology),
    ...said('protium.strictPci', tuning.strictPci),
    ...said('protium.secureBoot', tuning.secureBoot ?? ''),
    ...said('protium.tpm', tuning.tpm ?? ''),
  };
  return {
    ...spec.extra,
    ...section('info', info),
    slots: cpu.slots,
    ...said('overprovision', cpu.overprovision),
    ...said('allowSMT', cpu.allowSmt),
    ...said('archs', cpu.archs),
    ...said('flags', cpu.flags),
    ...said('min_frequency', cpu.minFrequencyGhz ?? 0),
    ramsize: memory.mib,
    ...said('reqECC', memory.requireEcc),
    ...section('misc', misc),
    ...said(
      'pci',
      spec.pci.map(({ vendor, model, quantity }) => ({ vendor, model, quantity })),
    ),
    ...(spec.networks === null ? {} : networksOf(spec.networks)),
    ...(spec.volumes.length === 0 ? {} : { volumes: spec.volumes.map(volumeObject) }),
    ...said('autostart', spec.autostart),
    ...said('vm_tags', spec.tags),
    ...section('protium', protium),
    ...(secrets ? secretsOf(spec) : {}),
  };
}

function section(name: string, values: Record<string, JsonValue>): Record<string, JsonValue> {
  return Object.keys(values).length === 0 ? {} : { [name]: values };
}

function networksOf(networks: NonNullable<Spec['networks']>): Record<string, JsonValue> {
  if (networks.length === 0) return { has_network: false };
  return {
    networks: networks.map(({ uid, mac }) => ({ network_uid: uid, ...(mac === null ? {} : { mac }) })),
  };
}

/** A volume in AtomOS's words; size in bytes. */
export function volumeObject(volume: VolumeRequest): Record<string, JsonValue> {
  const { id, name, sizeBytes, image, iso, format, bus, priority } = volume;
  return {
    ...(id === null ? {} : { vid: id }),
    ...(name === null ? {} : { name }),
    ...(sizeBytes === null ? {} : { size: sizeBytes }),
    // Specs of earlier daemons know of neither.
    ...(typeof image === 'string' ? { image } : {}),
    ...(typeof iso === 'string' ? { iso } : {}),
    ...(format === null ? {} : { format }),
    ...(bus === null ? {} : { bus }),
    ...(priority === null ? {} : { priority }),
    readonly: volume.readonly,
    bootable: volume.bootable,
  };
}

function secretsOf({ guest }: Spec): Record<string, JsonValue> {
  if (guest === null) return {};
  const { username, password, sshKeys, userData } = guest;
  const [key, ...more] = sshKeys;
  const authentication = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(key === undefined ? {} : { 'ssh-key': more.length === 0 ? key : sshKeys }),
  };
  return {
    ...section('authentication', authentication),
    ...(userData === null ? {} : { cloudinit: userData }),
  };
}

/** The spec without what is for the guest alone: the form in which it may be kept and shown. */
export function withoutSecrets(spec: Spec): Spec {
  return { ...spec, guest: null };
}
