import { invalidArgument } from '../../errors/invalid-argument.ts';
import { pageOf } from './page.ts';

/**
 * A page of a list that is sorted by what `keyOf` gives: a token is a place in that order, whatever comes and goes.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function listPage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: { readonly pageSize: number; readonly pageToken: string },
): { readonly items: readonly Item[]; readonly nextPageToken: string } {
  const { limit = 100, after } = pageOf(request);
  const place = after === undefined ? null : Buffer.from(after, 'base64url').toString('utf8');
  if (place !== null && Buffer.from(place).toString('base64url') !== after) {
    throw invalidArgument('page_token', 'This is no next_page_token of an answer.');
  }
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => place === null || key > place)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const more = last !== undefined && sorted.length > page.length;
  return {
    items: page.map(({ item }) => item),
    nextPageToken: more ? Buffer.from(last.key).toString('base64url') : '',
  };
}
