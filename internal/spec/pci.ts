import { integer, isList, isObject, own, problem, type Problem, type Read, type Reader } from './reading.ts';
import type { JsonValue, PciRequest } from './spec.ts';

const mostOfOne = 64;
const mostEntries = 64;
const idAllowed = 'four hexadecimal digits, e.g. 10de';

export const pciSchema: Readonly<Record<string, JsonValue>> = {
  anyOf: [
    {
      type: 'array',
      maxItems: mostEntries,
      items: {
        type: 'object',
        required: ['vendor', 'model'],
        properties: {
          vendor: { type: 'string', pattern: '^(0[xX])?[0-9a-fA-F]{4}$' },
          model: { type: 'string', pattern: '^(0[xX])?[0-9a-fA-F]{4}$' },
          quantity: { type: ['integer', 'string'], minimum: 0, maximum: mostOfOne },
        },
      },
    },
    { type: 'object' },
    { type: 'null' },
  ],
};

/** Reads a list of devices, a map `vendor:model` → number, or either under `devices`; entries of one id are added up. */
export const pciReader: Reader<readonly PciRequest[]> = (value) => {
  const devices =
    isObject(value) && Object.hasOwn(value, 'devices') ? (own(value, 'devices') ?? null) : value;
  const at = devices === value ? '' : '.devices';
  if (devices === null) return { value: [] };
  const read = isList(devices)
    ? readList(devices)
    : isObject(devices)
      ? readMap(devices)
      : notDevices(devices);
  if ('problems' in read)
    return { problems: read.problems.map((found) => ({ ...found, at: `${at}${found.at}` })) };
  return total(read.value);
};

function notDevices(value: JsonValue): Read<readonly PciRequest[]> {
  return problem(value, 'This must be a list of devices, each with vendor, model and quantity.', {
    allowed: 'a list',
  });
}

function readList(devices: readonly JsonValue[]): Read<readonly PciRequest[]> {
  if (devices.length > mostEntries)
    return problem(devices.length, `At most ${mostEntries} entries are allowed.`);
  return collect(
    devices.map((device, index) => {
      const at = `[${index}]`;
      if (!isObject(device))
        return {
          problems: [
            { at, value: device, message: 'This must be an object with vendor, model and quantity.' },
          ],
        };
      return entry(at, { vendor: '.vendor', model: '.model', quantity: '.quantity' }, [
        own(device, 'vendor'),
        own(device, 'model'),
        own(device, 'quantity') ?? 1,
      ]);
    }),
  );
}

function readMap(devices: Readonly<Record<string, JsonValue>>): Read<readonly PciRequest[]> {
  const entries = Object.entries(devices).filter(([id]) => id !== 'py/object');
  if (entries.length > mostEntries)
    return problem(entries.length, `At most ${mostEntries} entries are allowed.`);
  return collect(
    entries.map(([id, quantity]) => {
      const [vendor, model] = id.split(':', 2);
      return entry(`["${id}"]`, { vendor: '', model: '', quantity: '' }, [vendor, model, quantity]);
    }),
  );
}

function collect(reads: readonly Read<PciRequest>[]): Read<readonly PciRequest[]> {
  const problems = reads.flatMap((read) => ('problems' in read ? read.problems : []));
  if (problems.length > 0) return { problems };
  return { value: reads.flatMap((read) => ('value' in read ? [read.value] : [])) };
}

function entry(
  at: string,
  places: { readonly vendor: string; readonly model: string; readonly quantity: string },
  [vendor, model, quantity]: readonly (JsonValue | undefined)[],
): Read<PciRequest> {
  const [vendorId, modelId] = [hexId(vendor), hexId(model)];
  const count = integer({ from: 0, to: mostOfOne })(quantity ?? 1);
  const problems: Problem[] = [];
  const wrong = (value: JsonValue | undefined, place: string, what: string) => {
    const { problems: found } = problem(
      value,
      `This must be the ${what} id, not a name: lspci -nn shows it in brackets.`,
      { allowed: idAllowed },
    );
    problems.push({ ...found[0], at: `${at}${place}` });
  };
  if (vendorId === null) wrong(vendor, places.vendor, "vendor's");
  if (modelId === null) wrong(model, places.model, "device's");
  if ('problems' in count)
    problems.push(...count.problems.map((found) => ({ ...found, at: `${at}${places.quantity}` })));
  if (vendorId === null || modelId === null || 'problems' in count) return { problems };
  return { value: { vendor: vendorId, model: modelId, quantity: count.value } };
}

function hexId(value: JsonValue | undefined): string | null {
  if (typeof value !== 'string') return null;
  return /^(?:0x)?([0-9a-f]{4})$/.exec(value.trim().toLowerCase())?.[1] ?? null;
}

function total(requests: readonly PciRequest[]): Read<readonly PciRequest[]> {
  const sums = new Map<string, PciRequest>();
  for (const request of requests) {
    const id = `${request.vendor}:${request.model}`;
    const quantity = (sums.get(id)?.quantity ?? 0) + request.quantity;
    sums.set(id, { ...request, quantity });
  }
  const tooMany = [...sums.values()].find(({ quantity }) => quantity > mostOfOne);
  if (tooMany !== undefined)
    return problem(tooMany.quantity, `More than ${mostOfOne} devices of one id are asked for.`);
  return { value: [...sums.values()].filter(({ quantity }) => quantity > 0) };
}
