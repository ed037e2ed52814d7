import { mostNetworks, macPattern, uidPattern } from './networks.ts';
import { mostEntries, mostOfOne } from './pci.ts';
import {
  booleanSchema,
  integerSchema,
  listSchema,
  numberSchema,
  objectSchema,
  orEmpty,
  orNullSchema,
  textSchema,
  wordSchema,
  type JsonSchema,
} from './schema-parts.ts';
import {
  buses,
  formats,
  gigabyteNames,
  imagePattern,
  longestIso,
  mebibyte,
  mostBytes,
  mostPriority,
  mostVolumes,
  volumeIdNames,
} from './volumes.ts';

const hexId: JsonSchema = { type: 'string', pattern: '^\\s*(?:0[xX])?[0-9a-fA-F]{4}\\s*$' };
const quantity = integerSchema(0, mostOfOne);

function said(names: readonly string[]): JsonSchema {
  return {
    anyOf: names.map((name) => ({ required: [name], properties: { [name]: { not: { type: 'null' } } } })),
  };
}

const deviceList: JsonSchema = {
  type: 'array',
  maxItems: mostEntries,
  items: {
    ...objectSchema({ vendor: hexId, vendor_id: hexId, model: hexId, model_id: hexId, quantity }),
    allOf: [said(['vendor', 'vendor_id']), said(['model', 'model_id'])],
  },
};

const deviceMap: JsonSchema = {
  type: 'object',
  propertyNames: {
    pattern: '^(?:py/object|\\s*(?:0[xX])?[0-9a-fA-F]{4}:(?:0[xX])?[0-9a-fA-F]{4}\\s*)$',
  },
  properties: { 'py/object': true },
  additionalProperties: orNullSchema(quantity),
};

export const pciSchema: JsonSchema = {
  anyOf: [
    deviceList,
    deviceMap,
    {
      type: 'object',
      required: ['devices'],
      properties: { devices: { anyOf: [deviceList, deviceMap, { type: 'null' }] } },
    },
  ],
};

const uid: JsonSchema = { type: 'string', pattern: `^\\s*${uidPattern}\\s*$` };
const uidNames = ['network_uid', 'network_uuid', 'uid'];

export const networksSchema: JsonSchema = listSchema(
  {
    anyOf: [
      uid,
      {
        ...objectSchema({
          ...Object.fromEntries(uidNames.map((name) => [name, uid])),
          kind: wordSchema({ natted: '', public: '', private: '' }),
          mac: { type: 'string', pattern: `^\\s*${macPattern}\\s*$` },
        }),
        anyOf: [said(uidNames), { required: ['kind'], properties: { kind: wordSchema({ natted: '' }) } }],
      },
    ],
  },
  mostNetworks,
);

export const netdevsSchema: JsonSchema = { type: 'array', maxItems: 0 };

const volumeId: JsonSchema = {
  type: 'string',
  pattern: '^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
};
const gigabytes = numberSchema(0, mostBytes / 1e9);
const sizeNames = ['size', ...gigabyteNames];

export const imageSchema: JsonSchema = {
  type: 'string',
  pattern: `^\\s*${imagePattern.replaceAll('a-z', 'A-Za-z')}\\s*$`,
};

const volume: JsonSchema = {
  anyOf: [
    volumeId,
    {
      ...objectSchema({
        ...Object.fromEntries(volumeIdNames.map((name) => [name, volumeId])),
        ...Object.fromEntries(gigabyteNames.map((name) => [name, gigabytes])),
        size: integerSchema(mebibyte, mostBytes),
        name: orEmpty(textSchema(128)),
        image: orEmpty(imageSchema),
        iso: orEmpty(textSchema(longestIso)),
        format: wordSchema(formats),
        bus: wordSchema(buses),
        readonly: booleanSchema,
        bootable: booleanSchema,
        priority: integerSchema(0, mostPriority),
      }),
      ...said([...volumeIdNames, ...sizeNames, 'name', 'image', 'iso']),
    },
  ],
};

export const volumesSchema: JsonSchema = listSchema(volume, mostVolumes);

export const spotSchema: JsonSchema = objectSchema({ boot: volume, data: listSchema(volume, mostVolumes) });
