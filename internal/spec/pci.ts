import { Entry } from './entry.ts';
import {
  below,
  integer,
  isList,
  isObject,
  own,
  problem,
  together,
  type JsonObject,
  type Notice,
  type Read,
  type Reader,
} from './reading.ts';
import type { JsonValue, PciRequest } from './spec.ts';
import { keyShown, unknownKeys } from './unknown-keys.ts';

export const mostOfOne = 64;
export const mostEntries = 64;
const idAllowed = 'four hexadecimal digits, e.g. 10de';
/** Names of devices, which people write beside the ids. */
const beside = ['name', 'description', 'vendor_name', 'model_name'];

/** Reads a list of devices, a map `vendor:model` → number, or either under `devices`; entries of one id are added up. */
export const pciReader: Reader<readonly PciRequest[]> = (value) => {
  if (isObject(value) && Object.hasOwn(value, 'devices')) {
    const read = below('.devices', readDevices(own(value, 'devices') ?? null));
    const unknown = unknownKeys(value, new Set(['devices', 'py/object']));
    return 'value' in read ? { ...read, notices: [...(read.notices ?? []), ...unknown] } : read;
  }
  return readDevices(value);
};

function readDevices(devices: JsonValue): Read<readonly PciRequest[]> {
  if (devices === null) return { value: [] };
  if (!isList(devices) && !isObject(devices)) {
    return problem(devices, 'This must be a list of devices, each with vendor, model and quantity.', {
      allowed: 'a list',
    });
  }
  const entries = isList(devices)
    ? devices.length
    : Object.keys(devices).filter((key) => key !== 'py/object').length;
  if (entries > mostEntries)
    return problem(devices, `There are ${entries} entries; at most ${mostEntries} are allowed.`);
  const read = together(isList(devices) ? devices.map(listed) : mapped(devices));
  return 'value' in read ? total(read.value, read.notices ?? []) : read;
}

function listed(device: JsonValue, index: number): Read<PciRequest> {
  const at = `[${index}]`;
  if (!isObject(device))
    return problem(device, 'This must be an object with vendor, model and quantity.', { at });
  const entry = new Entry(device, beside);
  const vendor = entry.read(['vendor', 'vendor_id'], idReader("vendor's"), '');
  const model = entry.read(['model', 'model_id'], idReader("device's"), '');
  const quantity = entry.read(['quantity'], quantityReader, 1);
  entry.noteUnknown();
  for (const name of ['vendor', 'model']) {
    if (entry.has(name) || entry.has(`${name}_id`)) continue;
    entry.problems.push({ at: `.${name}`, message: `${name} is missing: ${hint}`, allowed: idAllowed });
  }
  if (entry.problems.length > 0) return below(at, { problems: entry.problems });
  return below(at, { value: { vendor, model, quantity }, notices: [...entry.notices, ...dropped(quantity)] });
}

function mapped(devices: JsonObject): readonly Read<PciRequest>[] {
  return Object.entries(devices)
    .filter(([id]) => id !== 'py/object')
    .map(([id, count]) => {
      const at = `["${keyShown(id)}"]`;
      const [, vendor, model] =
        /^(?:0x)?([0-9a-f]{4}):(?:0x)?([0-9a-f]{4})$/.exec(id.trim().toLowerCase()) ?? [];
      const quantity = quantityReader(count ?? 1);
      if (vendor === undefined || model === undefined)
        return problem(undefined, `This must be two ids with a colon, e.g. "10de:24b0": ${hint}`, {
          at,
          allowed: idAllowed,
        });
      if ('problems' in quantity) return below(at, quantity);
      return below(at, {
        value: { vendor, model, quantity: quantity.value },
        notices: dropped(quantity.value),
      });
    });
}

const hint = 'not a name but the number that lspci -nn shows in brackets.';
const quantityReader = integer({ from: 0, to: mostOfOne });

function dropped(quantity: number) {
  return quantity === 0 ? [{ at: '', message: 'is left out: its quantity is 0' }] : [];
}

function idReader(whose: string): Reader<string> {
  return (value) => {
    const id = typeof value === 'string' ? value.trim().toLowerCase() : '';
    const digits = /^(?:0x)?([0-9a-f]{4})$/.exec(id)?.[1];
    return digits === undefined
      ? problem(value, `This must be the ${whose} id: ${hint}`, { allowed: idAllowed })
      : { value: digits };
  };
}

function total(requests: readonly PciRequest[], notices: readonly Notice[]): Read<readonly PciRequest[]> {
  const sums = new Map<string, PciRequest>();
  for (const request of requests) {
    const id = `${request.vendor}:${request.model}`;
    const quantity = (sums.get(id)?.quantity ?? 0) + request.quantity;
    sums.set(id, { ...request, quantity });
  }
  const tooMany = [...sums.values()].find(({ quantity }) => quantity > mostOfOne);
  if (tooMany !== undefined) {
    const { vendor, model, quantity } = tooMany;
    return problem(quantity, `Of ${vendor}:${model}, ${quantity} devices are asked for.`, {
      allowed: `at most ${mostOfOne} of one id`,
    });
  }
  return { value: [...sums.values()].filter(({ quantity }) => quantity > 0), notices };
}
