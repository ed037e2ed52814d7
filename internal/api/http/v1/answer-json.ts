import { fromBinary, toJson, type DescMessage, type FileRegistry, type JsonObject } from '@bufbuild/protobuf';

/** Answers of a method as protobuf's JSON. */
export type AnswerJson = (answer: unknown) => JsonObject;

/**
 * The JSON of an object in a list is kept for as long as the object is: services that answer with the same objects again,
 * as they may for what has not changed, are answered quickly. So answers must not be changed once they are given.
 *
 * @param serialize the answer's message
 */
export function createAnswerJson(
  output: DescMessage,
  serialize: (answer: never) => Uint8Array,
  registry: FileRegistry,
): AnswerJson {
  const whole = (answer: unknown): JsonObject => {
    const message = fromBinary(output, serialize(answer as never));
    return toJson(output, message, { registry, alwaysEmitImplicit: true }) as JsonObject;
  };
  const list = output.fields.find(({ fieldKind, message }) => fieldKind === 'list' && message !== undefined);
  if (list === undefined) return whole;
  const { localName, jsonName } = list;
  const known = new WeakMap<object, JsonObject>();
  return (answer) => {
    const items = (answer as Record<string, readonly object[]>)[localName] ?? [];
    const unknown = items.filter((item) => !known.has(item));
    const json = whole({ ...(answer as object), [localName]: unknown });
    const made = json[jsonName] as JsonObject[];
    for (const [index, item] of unknown.entries()) known.set(item, made[index] ?? {});
    return { ...json, [jsonName]: items.map((item) => known.get(item) ?? {}) };
  };
}
