import { ProtiumError } from '../../errors/protium-error.ts';

/**
 * `limit` (1 to 1000) and `after` (the `next` of the page before) from a query string.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function pageQuery(query: Readonly<Record<string, unknown>>): { limit?: number; after?: string } {
  const page: { limit?: number; after?: string } = {};
  const { limit, after } = query;
  if (limit !== undefined) {
    const number = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : NaN;
    if (!(number >= 1 && number <= 1000)) {
      throw new ProtiumError(
        'argument-invalid',
        'The parameter "limit" must be a whole number from 1 to 1000.',
      );
    }
    page.limit = number;
  }
  if (after !== undefined) {
    if (typeof after !== 'string')
      throw new ProtiumError('argument-invalid', 'Give the parameter "after" once.');
    page.after = after;
  }
  return page;
}
