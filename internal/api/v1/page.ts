import { ProtiumError } from '../../errors/protium-error.ts';

const maxPageSize = 1000;

/** The part of a list that a request asks for. Throws `argument-invalid`. */
export function pageOf(request: { readonly pageSize: number; readonly pageToken: string }): {
  readonly limit?: number;
  readonly after?: string;
} {
  const { pageSize, pageToken } = request;
  if (pageSize > maxPageSize) {
    throw new ProtiumError('argument-invalid', `page_size is at most ${maxPageSize}.`, {
      details: { field: 'page_size', value: pageSize },
    });
  }
  return { ...(pageSize > 0 && { limit: pageSize }), ...(pageToken !== '' && { after: pageToken }) };
}
