/**
 * The same bytes, but what an object in a list is written as is kept for as long as the object is: services that answer
 * with the same objects again, as they may for what has not changed, are answered quickly. So answers must not be changed
 * once they are given.
 *
 * Messages that are written one after the other are one message, whose lists have the elements of all of them in order
 * (protobuf's encoding, "Last One Wins").
 *
 * @param empty the answer that has nothing
 */
export function keepingElements<Answer extends object>(
  serialize: (answer: Answer) => Buffer,
  empty: Answer,
): (answer: Answer) => Buffer {
  const known = new WeakMap<object, Buffer>();
  return (answer) => {
    const list = Object.entries(answer).find(([, value]) => isListOfObjects(value));
    if (list === undefined) return serialize(answer);
    const [name, items] = list as [string, readonly object[]];
    const parts = items.map((item) => {
      const bytes = known.get(item) ?? serialize({ ...empty, [name]: [item] });
      known.set(item, bytes);
      return bytes;
    });
    return Buffer.concat([...parts, serialize({ ...answer, [name]: [] })]);
  };
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null;
}
