import { blankTemplate } from './blank-template.ts';
import { readExtra } from './extra.ts';
import { FieldReading } from './field-reading.ts';
import { fields } from './fields.ts';
import { guestSetup } from './guest-setup.ts';
import { unknownFields } from './known-keys.ts';
import { ramsizeInGibibytes } from './memory-fields.ts';
import { isObject, type JsonObject } from './reading.ts';
import type { Source } from './sources.ts';
import type { JsonValue, Spec, SpecAnswer } from './spec.ts';
import { onImage } from './volumes.ts';

/** So many notices are told; a flood of them helps nobody. */
const mostNotices = 50;

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
  return readSources([{ prefix: '', value: input as JsonObject }]);
}

/** Reads a config whose fields are spread over several objects, as a register body and its `req`; the first counts. */
export function readSources(sources: readonly Source[]): SpecAnswer {
  const reading = new FieldReading(sources);
  const read = reading.read.bind(reading);
  read(fields.netdevs);
  const { extra, notices: notKept } = readExtra(sources);
  const networks = read(fields.networks);
  const hasNetwork = read(fields.hasNetwork);
  if (!hasNetwork && networks.length > 0)
    reading.notices.push('has_network is false, but networks names some: networks counts.');
  const spec: Spec = {
    name: read(fields.name),
    description: read(fields.description),
    cpu: {
      slots: read(fields.slots),
      allowSmt: read(fields.allowSmt),
      overprovision: read(fields.overprovision),
      minFrequencyGhz: read(fields.minFrequencyGhz),
      archs: read(fields.archs),
      flags: read(fields.flags),
    },
    memory: {
      mib: read(read(fields.memoryUnit) === 'GiB' ? ramsizeInGibibytes : fields.ramsize),
      requireEcc: read(fields.requireEcc),
    },
    os: { family: read(fields.osFamily), flavour: read(fields.osFlavour), version: read(fields.osVersion) },
    firmware: read(fields.firmware),
    qemuAgent: read(fields.qemuAgent),
    manufacturer: read(fields.manufacturer),
    pci: read(fields.pci),
    networks: networks.length > 0 ? networks : hasNetwork ? null : [],
    volumes: readVolumes(reading),
    autostart: read(fields.autostart),
    tags: read(fields.tags),
    guest: guestSetup(read(fields.credentials), read(fields.userData)),
    tuning: {
      hugepages: read(fields.hugepages),
      topology: read(fields.topology),
      strictPci: read(fields.strictPci),
      secureBoot: read(fields.secureBoot),
      tpm: read(fields.tpm),
    },
    assumed: reading.assumed.sort(),
    extra,
  };
  const { notices: ignored, errors: misnamed } = unknownFields(sources);
  const errors = [...reading.errors, ...misnamed];
  if (errors.length === 0)
    return { ok: true, spec, notices: atMost([...reading.notices, ...notKept, ...ignored]) };
  const blank = blankTemplate(sources);
  return { ok: false, errors: blank === null ? errors : [blank, ...errors] };
}

/** `protium.image` is another way to write an image of a volume. */
function readVolumes(reading: FieldReading): Spec['volumes'] {
  const volumes = reading.read(fields.volumes);
  const image = reading.read(fields.image);
  const onto = onImage(volumes, image);
  if (onto !== null) return onto;
  const message = 'The volumes have an image of their own, or are too many for one more. Leave this out.';
  reading.errors.push({ path: fields.image.path, value: image, message });
  return volumes;
}

function atMost(notices: readonly string[]): readonly string[] {
  if (notices.length <= mostNotices) return notices;
  return [...notices.slice(0, mostNotices), `${notices.length - mostNotices} more notices are not shown.`];
}
