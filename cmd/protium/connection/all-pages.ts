/** All that a list has, page by page. */
export async function allPages<Item>(
  read: (pageToken: string) => Promise<{ readonly items: readonly Item[]; readonly next: string }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token = '';
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== '');
  return all;
}

/** As many as a page may have. */
export const pageSize = 1000;
