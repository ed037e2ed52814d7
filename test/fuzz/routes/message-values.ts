import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { anyValue } from '../generators/values.ts';
import { mutatedText } from '../generators/mutation.ts';
import { objectName } from './names.ts';

type JsonArbitrary = fc.Arbitrary<unknown>;

const deepest = 4;
const text: JsonArbitrary = fc.oneof(
  { weight: 4, arbitrary: objectName },
  {
    weight: 2,
    arbitrary: mutatedText([
      '2026-12-01T14:30:00Z',
      '8h',
      'daily count 2',
      'linux',
      'dir',
      'qcow2',
      'nat',
      'tcp',
      'state=running',
      '10.20.0.0/24',
      '/nowhere/fuzz',
      'https://images.example/fuzz.qcow2',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3',
      '{"slots":1,"ramsize":64}',
    ]),
  },
);
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 64, 1024),
  fc.integer(),
  fc.constantFrom(-1, 1e9, 2 ** 31, 1e21, 'NaN', '7'),
);
const wellKnown: Readonly<Record<string, JsonArbitrary>> = {
  'google.protobuf.Timestamp': fc.oneof(
    fc.constantFrom('2026-12-01T14:30:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'),
    text,
  ),
  'google.protobuf.Duration': fc.oneof(fc.constantFrom('1s', '3600s', '-1s', '315576000000s'), text),
  'google.protobuf.Struct': fc.oneof(
    fc.constant({ slots: 1, ramsize: 64 }),
    fc.dictionary(fc.string(), anyValue, { maxKeys: 3 }),
  ),
  'google.protobuf.Value': anyValue,
  'google.protobuf.FieldMask': text,
};

function scalarValue(type: ScalarType): JsonArbitrary {
  switch (type) {
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return fc.oneof(fc.base64String({ maxLength: 64 }), text);
    default:
      return number;
  }
}

function singleValue(field: DescField, depth: number): JsonArbitrary {
  if (field.message !== undefined) return messageValue(field.message, depth + 1);
  if (field.enum !== undefined)
    return fc.oneof(fc.constantFrom(...field.enum.values.map(({ name }) => name)), number);
  return scalarValue(field.scalar);
}

function fieldValue(field: DescField, depth: number): JsonArbitrary {
  const one =
    field.fieldKind === 'map' || field.fieldKind === 'list'
      ? elementValue(field, depth)
      : singleValue(field, depth);
  // Most are as the contract says: what is not is refused at the door.
  return fc.oneof({ weight: 12, arbitrary: one }, { weight: 1, arbitrary: anyValue });
}

function elementValue(field: DescField & { fieldKind: 'map' | 'list' }, depth: number): JsonArbitrary {
  const kind = field.fieldKind === 'map' ? field.mapKind : field.listKind;
  const element =
    kind === 'message' && field.message !== undefined
      ? messageValue(field.message, depth + 1)
      : field.scalar === undefined
        ? number
        : scalarValue(field.scalar);
  if (field.fieldKind === 'map') return fc.dictionary(objectName, element, { maxKeys: 3 });
  return fc.array(element, { maxLength: 3 });
}

/** JSON of a message as its contract has it, more or less. */
export function messageValue(message: DescMessage, depth = 0): JsonArbitrary {
  const special = wellKnown[message.typeName];
  if (special !== undefined) return special;
  if (depth >= deepest) return fc.constant({});
  const fields = message.fields.map((field) => [field.jsonName, fieldValue(field, depth)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}
