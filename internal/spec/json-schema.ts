import { extraKeys } from './extra.ts';
import type { Field } from './field.ts';
import { allFields, fields } from './fields.ts';
import { ignoredKeys } from './known-keys.ts';
import { mebibytesSchema, memoryUnits } from './memory-fields.ts';
import { orNullSchema, wordSchema, type JsonSchema } from './schema-parts.ts';

interface Node {
  schema: JsonSchema | null;
  readonly children: Map<string, Node>;
}

/**
 * JSON Schema (2020-12) of what `readSpec` accepts, made from the table of fields. It accepts whatever `readSpec` accepts;
 * that two names of a field agree, and sums over lists, only `readSpec` can tell.
 */
export const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:protium:config',
  title: 'Elemento config',
  description: 'What a VM is to have. Any of the shapes of Elemento configs, or a mix of them.',
  ...objectOf(tree()),
  allOf: [...allFields.filter(({ fallback }) => fallback === undefined).map(somewhere), inMebibytes()],
};

function tree(): ReadonlyMap<string, Node> {
  const root: Node = { schema: null, children: new Map() };
  for (const field of allFields) {
    for (const { path, schema } of field.places) {
      let node = root;
      for (const key of path.split('.')) {
        const child = node.children.get(key) ?? { schema: null, children: new Map<string, Node>() };
        node.children.set(key, child);
        node = child;
      }
      node.schema = {
        description: describe(field, path),
        ...orNullSchema(schema),
        ...defaultOf(field, path),
      };
    }
  }
  for (const key of extraKeys)
    root.children.set(key, {
      schema: { description: 'Kept and echoed, without effect.' },
      children: new Map(),
    });
  for (const key of ignoredKeys)
    root.children.set(key, { schema: { description: 'Ignored.' }, children: new Map() });
  return root.children;
}

/** Other fields are ignored, with a notice; only under our own section they are errors. */
function objectOf(children: ReadonlyMap<string, Node>): JsonSchema {
  const properties = [...children].map(([key, { schema, children: inner }]) => [
    key,
    schema ?? {
      ...objectOf(inner),
      type: ['object', 'null'],
      ...(key === 'protium' ? { additionalProperties: false } : {}),
    },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties) as JsonSchema };
}

function describe({ path: main, meaning, unit, allowed }: Field<unknown>, path: string): string {
  const said = `${meaning} Allowed: ${allowed}${unit === undefined ? '' : `, in ${unit}`}.`;
  return path === main ? said : `Another name of ${main}. ${said}`;
}

function defaultOf({ path: main, fallback, unset }: Field<unknown>, path: string): JsonSchema {
  return path === main && fallback !== undefined && fallback !== null && unset === undefined
    ? { default: fallback as JsonSchema }
    : {};
}

/** Memory is in MiB unless the config says GiB: so that GB by mistake are found out. */
function inMebibytes(): JsonSchema {
  const { memoryUnit, ramsize } = fields;
  const gib = Object.fromEntries(Object.entries(memoryUnits).filter(([, unit]) => unit === 'GiB'));
  return {
    if: at(memoryUnit.path, wordSchema(gib)),
    then: true,
    else: {
      allOf: ramsize.places.map(({ path }) => ({
        anyOf: [{ not: at(path, true) }, at(path, orNullSchema(mebibytesSchema))],
      })),
    },
  };
}

/** An object in which something of that schema stands at the path. */
function at(path: string, schema: JsonSchema | true): JsonSchema {
  return path
    .split('.')
    .reduceRight<JsonSchema | true>(
      (inner, key) => ({ type: 'object', required: [key], properties: { [key]: inner } }),
      schema,
    ) as JsonSchema;
}

/** Under one of its names the field must be there. */
function somewhere(field: Field<unknown>): JsonSchema {
  return { anyOf: field.places.map(({ path }) => at(path, { not: { type: 'null' } })) };
}
