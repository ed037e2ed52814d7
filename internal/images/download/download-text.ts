import pRetry from 'p-retry';
import { ProtiumError } from '../../errors/protium-error.ts';
import { shownUrl } from './address-policy.ts';
import { unexpectedStatus } from './download.ts';
import { asFailure, openUrl, type OpenOptions } from './open-url.ts';
import { TemporaryFailure } from './temporary-failure.ts';

/** The largest file of checksums is Fedora's and Ubuntu's, of some kilobytes. */
const maxBytes = 1024 * 1024;

/**
 * Downloads a short text, such as a list of checksums.
 *
 * @throws ProtiumError `download-failed`, `file-not-found`, `address-forbidden`
 */
export async function downloadText(
  url: URL,
  options: Omit<OpenOptions, 'headers'> & { readonly retryPauseMs?: number },
): Promise<string> {
  try {
    return await pRetry(() => once(url, options), {
      retries: 4,
      minTimeout: options.retryPauseMs ?? 500,
      signal: options.signal,
      shouldRetry: ({ error }) => error instanceof TemporaryFailure,
    });
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof TemporaryFailure)) throw error;
    throw new ProtiumError(
      'download-failed',
      `${shownUrl(url)} cannot be downloaded: ${error.message}. Try again later.`,
      { cause: error, details: { url: shownUrl(url) } },
    );
  }
}

async function once(first: URL, options: OpenOptions): Promise<string> {
  const { response, url } = await openUrl(first, options);
  try {
    if (response.statusCode !== 200) throw unexpectedStatus(response.statusCode ?? 0, url);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new ProtiumError(
          'download-failed',
          `${shownUrl(url)} is longer than ${maxBytes} bytes; no list of checksums is.`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw asFailure(error, url);
  } finally {
    response.destroy();
  }
}
