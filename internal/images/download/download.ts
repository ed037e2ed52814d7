import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { IncomingFile } from '../incoming/incoming-file.ts';
import { shownUrl } from './address-policy.ts';
import { asFailure, openUrl, type OpenOptions } from './open-url.ts';
import { TemporaryFailure } from './temporary-failure.ts';

export interface DownloadOptions extends Omit<OpenOptions, 'headers'> {
  /** @param total bytes in all; null: the server does not say */
  readonly onProgress?: (bytes: number, total: number | null) => void;
  /** The first pause before another attempt, doubled each time. Default 500. */
  readonly retryPauseMs?: number;
}

const longestPauseMs = 15_000;
/** Attempts in a row that bring nothing of note. */
const mostFailures = 6;
/** An attempt that brought so much was no failure: a connection that is cut again and again still gets there. */
const noteworthyBytes = 1024 * 1024;

/**
 * Downloads into a file. What a cut connection has brought is kept: the next attempt asks for the rest, if the server can
 * tell that the file is still the same.
 *
 * @throws ProtiumError `download-failed`, `file-not-found`, `address-forbidden`, `image-too-large`, `storage-full`
 */
export async function download(url: URL, file: IncomingFile, options: DownloadOptions): Promise<void> {
  const { signal, retryPauseMs = 500 } = options;
  const state: DownloadState = { validator: null };
  for (let failures = 0; ;) {
    const before = file.bytes;
    try {
      await attempt(url, file, state, options);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TemporaryFailure)) throw error;
      failures = file.bytes - before >= noteworthyBytes ? 1 : failures + 1;
      if (failures > mostFailures) throw givenUp(url, error, failures);
      const pauseMs = Math.min(retryPauseMs * 2 ** (failures - 1), longestPauseMs);
      await pause(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

interface DownloadState {
  /** Names the version of the file that the bytes so far belong to; null: the server has no name for it. */
  validator: string | null;
}

async function attempt(
  first: URL,
  file: IncomingFile,
  state: DownloadState,
  options: DownloadOptions,
): Promise<void> {
  if (file.bytes > 0 && state.validator === null) await file.restart();
  const headers: Record<string, string> =
    file.bytes > 0 && state.validator !== null
      ? { Range: `bytes=${file.bytes}-`, 'If-Range': state.validator }
      : {};
  const { response, url } = await openUrl(first, { ...options, headers });
  try {
    const total = await begin(response, url, file, state);
    if (total !== null) await file.requireRoomFor(total - file.bytes);
    options.onProgress?.(file.bytes, total);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      await file.write(chunk);
      options.onProgress?.(file.bytes, total);
    }
    if (total !== null && file.bytes !== total) {
      throw new TemporaryFailure(`it ended after ${file.bytes} of ${total} bytes`);
    }
  } catch (error) {
    throw asFailure(error, url);
  } finally {
    response.destroy();
  }
}

/** Makes the file ready for what comes. Returns how long it will be; null: the server does not say. */
async function begin(
  response: IncomingMessage,
  url: URL,
  file: IncomingFile,
  state: DownloadState,
): Promise<number | null> {
  const status = response.statusCode ?? 0;
  if (status === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '') ?? [];
    if (Number(from) === file.bytes) return total === undefined || total === '*' ? null : Number(total);
  }
  if (status === 206 || status === 416) {
    await file.restart();
    state.validator = null;
    throw new TemporaryFailure('the server sent another part than was asked for');
  }
  if (status !== 200) throw unexpectedStatus(status, url);
  if (file.bytes > 0) await file.restart();
  state.validator = validatorOf(response);
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? length : null;
}

/** A weak ETag does not promise the same bytes (RFC 9110, 13.1.5). */
function validatorOf({ headers }: IncomingMessage): string | null {
  if (headers.etag !== undefined) return headers.etag.startsWith('W/') ? null : headers.etag;
  return headers['last-modified'] ?? null;
}

export function unexpectedStatus(status: number, url: URL): Error {
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return new TemporaryFailure(`the server answers ${status}`);
  }
  const gone = status === 401 || status === 403 || status === 404 || status === 410;
  return new ProtiumError(
    gone ? 'file-not-found' : 'download-failed',
    `${shownUrl(url)} cannot be downloaded: the server answers ${status}. Check the URL.`,
    { details: { url: shownUrl(url), status } },
  );
}

function givenUp(url: URL, error: TemporaryFailure, attempts: number): ProtiumError {
  return new ProtiumError(
    'download-failed',
    `${shownUrl(url)} cannot be downloaded: ${error.message}, ${attempts} times in a row. Try again later.`,
    { cause: error, details: { url: shownUrl(url), attempts } },
  );
}
