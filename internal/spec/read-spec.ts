import type { Field } from './field.ts';
import { fields } from './fields.ts';
import { readGuestSetup } from './guest-setup.ts';
import { knownKeys, unknownFields } from './known-keys.ts';
import { readNetworks } from './networks.ts';
import { atPath, isObject, list, numberOf, own, text } from './reading.ts';
import type { FieldError, JsonValue, NetworkRequest, Spec, SpecAnswer, VolumeRequest } from './spec.ts';
import { mostVolumes, spotVolumes, volumeReader } from './volumes.ts';

/** An object that fields are looked for in, and what stands before its paths. */
export interface Source {
  readonly prefix: string;
  readonly value: Readonly<Record<string, JsonValue>>;
}

/**
 * Reads a config of any of Elemento's shapes. Never throws: it answers with a spec, or with an error for each field that
 * is wrong.
 *
 * @param input parsed JSON
 */
export function readSpec(input: unknown): SpecAnswer {
  if (!isObject(input as JsonValue)) {
    return { ok: false, errors: [{ path: '', message: 'A config is a JSON object.', allowed: 'an object' }] };
  }
  return readSources([{ prefix: '', value: input as Source['value'] }]);
}

/** Reads a config whose fields are spread over several objects, as a register body and its `req`; the first counts. */
export function readSources(sources: readonly Source[]): SpecAnswer {
  const blank = blankTemplate(sources);
  if (blank !== null) return { ok: false, errors: [blank] };
  const errors: FieldError[] = [...misshapenSections(sources)];
  const assumed: string[] = [];
  const read = <T>(wanted: Field<T>): T => {
    const found = valuesOf(sources, wanted);
    if (found.length === 0) {
      assumed.push(wanted.path);
      if (wanted.fallback === undefined) errors.push(missing(wanted));
      return wanted.fallback as T;
    }
    const good: { readonly path: string; readonly value: T }[] = [];
    for (const { path, value, reader } of found) {
      const result = reader(value);
      if ('value' in result) good.push({ path, value: result.value });
      else errors.push(...atPath(path, result.problems));
    }
    const [first, ...others] = good;
    const other = others.find(({ value }) => JSON.stringify(value) !== JSON.stringify(first?.value));
    if (first !== undefined && other !== undefined) {
      errors.push({
        path: other.path,
        value: found.find(({ path }) => path === other.path)?.value,
        message: `This says something else than ${first.path}; both are the same field. Leave one of them out.`,
      });
    }
    return first?.value ?? (wanted.fallback as T);
  };

  const [networks, volumes, guest] = [
    readNetworkFields(sources, errors),
    readVolumeFields(sources, errors),
    readGuest(sources, errors),
  ];
  const spec: Spec = {
    name: readText(sources, ['info.vm_name', 'vm_name', 'name', 'info.name'], 255, errors),
    description: readText(sources, ['info.description', 'description'], 4096, errors),
    cpu: {
      slots: read(fields.slots),
      allowSmt: read(fields.allowSmt),
      overprovision: read(fields.overprovision),
      minFrequencyGhz: read(fields.minFrequencyGhz),
      archs: read(fields.archs),
      flags: read(fields.flags),
    },
    memory: { mib: read(fields.ramsize), requireEcc: read(fields.requireEcc) },
    os: { family: read(fields.osFamily), flavour: read(fields.osFlavour), version: read(fields.osVersion) },
    firmware: read(fields.firmware),
    qemuAgent: read(fields.qemuAgent),
    manufacturer: read(fields.manufacturer),
    pci: read(fields.pci),
    networks,
    volumes,
    autostart: read(fields.autostart),
    tags: read(fields.tags),
    guest,
    tuning: {
      hugepages: read(fields.hugepages),
      topology: read(fields.topology),
      strictPci: read(fields.strictPci),
      secureBoot: read(fields.secureBoot),
      tpm: read(fields.tpm),
    },
    assumed: assumed.sort(),
    extra: extraOf(sources),
  };
  const { notices, errors: unknown } = unknownFields(sources);
  errors.push(...unknown);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, spec, notices };
}

function valuesOf<T>(sources: readonly Source[], { path, aliases, read }: Field<T>) {
  const places = [
    { path, read },
    ...aliases.map((alias) => ({ path: alias.path, read: alias.read ?? read })),
  ];
  return sources.flatMap((source) =>
    places.flatMap((place) => {
      const value = at(source, place.path);
      return value === undefined ? [] : [{ path: source.prefix + place.path, value, reader: place.read }];
    }),
  );
}

/** The value at a dotted path, own properties only. */
function at({ value }: Source, path: string): JsonValue | undefined {
  return path.split('.').reduce<JsonValue | undefined>((holder, key) => own(holder, key), value);
}

function missing({ path, allowed, unit, meaning }: Field<unknown>): FieldError {
  return {
    path,
    message: `${path} is missing. ${meaning}`,
    allowed,
    ...(unit === undefined ? {} : { unit }),
  };
}

const sections = ['info', 'cpu', 'ram', 'mem', 'misc', 'os', 'storage', 'protium'];

function misshapenSections(sources: readonly Source[]): readonly FieldError[] {
  return sources.flatMap((source) =>
    sections.flatMap((section) => {
      const value = own(source.value, section);
      if (value === undefined || value === null || isObject(value)) return [];
      return [
        { path: source.prefix + section, message: `${section} must be an object.`, allowed: 'an object' },
      ];
    }),
  );
}

/** The empty template that Elemento ships to be filled in. */
function blankTemplate(sources: readonly Source[]): FieldError | null {
  const [source] = sources;
  if (source === undefined) return null;
  const slots = at(source, 'cpu.slots') ?? at(source, 'slots');
  if (slots === undefined || numberOf(slots) !== 0 || !isObject(own(source.value, 'info'))) return null;
  return {
    path: '',
    message: 'This is an empty template, not a config: fill in at least cpu.slots and ram.ramsize (in MiB).',
    allowed: 'slots of 1 or more',
  };
}

function readText(
  sources: readonly Source[],
  paths: readonly string[],
  longest: number,
  errors: FieldError[],
): string | null {
  for (const path of paths) {
    for (const source of sources) {
      const value = at(source, path);
      if (value === undefined || value === null || value === '') continue;
      const read = text(longest)(value);
      if ('value' in read) {
        if (read.value !== '') return read.value;
        continue;
      }
      errors.push(...atPath(source.prefix + path, read.problems));
      return null;
    }
  }
  return null;
}

function first(
  sources: readonly Source[],
  path: string,
): { readonly path: string; readonly value: JsonValue } | undefined {
  for (const source of sources) {
    const value = at(source, path);
    if (value !== undefined && value !== null) return { path: source.prefix + path, value };
  }
  return undefined;
}

function readNetworkFields(
  sources: readonly Source[],
  errors: FieldError[],
): readonly NetworkRequest[] | null {
  const networks = first(sources, 'networks');
  const has = first(sources, 'has_network');
  const netdevs = first(sources, 'netdevs');
  if (netdevs !== undefined && !(Array.isArray(netdevs.value) && netdevs.value.length === 0)) {
    errors.push({
      path: netdevs.path,
      message: 'netdevs is not supported: it never had a meaning. Use networks.',
      allowed: '[]',
    });
  }
  const read = readNetworks(networks?.value, has?.value);
  if ('value' in read) return read.value;
  errors.push(...atPath((networks ?? has)?.path ?? 'networks', read.problems));
  return null;
}

/** The first list that is not empty: a register body has an empty one in `req` beside the real one. */
function readVolumeFields(sources: readonly Source[], errors: FieldError[]): readonly VolumeRequest[] {
  for (const source of sources) {
    const volumes = own(source.value, 'volumes');
    const storage = own(source.value, 'storage');
    const [path, read] =
      volumes !== undefined && volumes !== null
        ? (['volumes', list(volumeReader, mostVolumes)(volumes)] as const)
        : isObject(storage)
          ? (['storage', spotVolumes(storage)] as const)
          : ([null, null] as const);
    if (read === null) continue;
    if ('problems' in read) errors.push(...atPath(source.prefix + path, read.problems));
    else if (read.value.length > 0) return read.value;
  }
  return [];
}

function readGuest(sources: readonly Source[], errors: FieldError[]): Spec['guest'] {
  const read = readGuestSetup((key) => first(sources, key)?.value);
  if ('value' in read) return read.value;
  errors.push(...atPath('', read.problems));
  return null;
}

/** What means nothing on a host of one's own, kept to be echoed. */
function extraOf(sources: readonly Source[]): Spec['extra'] {
  const kept: Record<string, JsonValue> = {};
  for (const { value } of sources) {
    for (const key of knownKeys.extra) {
      const found = own(value, key);
      // The JSON of a config is kept in the domain: nothing large, nothing nested.
      if (found !== undefined && (typeof found !== 'object' || found === null) && String(found).length <= 256)
        kept[key] ??= found;
    }
  }
  return kept;
}
