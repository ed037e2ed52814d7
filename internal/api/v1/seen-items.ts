/** Read at once of a list that is looked through. */
const chunk = 1000;

/**
 * The first `limit` items of a sorted list that are to be seen, from a place on: what is hidden takes no room of a page.
 *
 * @param read the list from after a place on, at most `limit` of it
 */
export function seenItems<Item, Place>(options: {
  readonly read: (after: Place | undefined, limit: number) => readonly Item[];
  readonly placeOf: (item: Item) => Place;
  readonly isSeen: (item: Item) => boolean;
  readonly after: Place | undefined;
  readonly limit: number;
}): readonly Item[] {
  const { read, placeOf, isSeen, limit } = options;
  const found: Item[] = [];
  let after = options.after;
  for (;;) {
    const items = read(after, chunk);
    found.push(...items.filter(isSeen));
    const last = items.at(-1);
    if (found.length >= limit || last === undefined || items.length < chunk) return found.slice(0, limit);
    after = placeOf(last);
  }
}
