import { ProtiumError } from '../../errors/protium-error.ts';
import { findChecksum } from '../checksum/find-checksum.ts';
import type { Checksum } from '../checksum/checksum.ts';
import { shownUrl } from '../download/address-policy.ts';
import { downloadText } from '../download/download-text.ts';
import type { OpenOptions } from '../download/open-url.ts';
import type { ExpectedChecksum } from '../import/shape.ts';

export type ReadExpectedChecksum = (expected: ExpectedChecksum, signal: AbortSignal) => Promise<Checksum>;

/** Finds out what the content must amount to; where it is listed beside the image, by downloading that list. */
export function expectedChecksumReader(
  options: Omit<OpenOptions, 'signal' | 'headers'>,
): ReadExpectedChecksum {
  return async (expected, signal) => {
    if (expected.kind === 'given') return { algorithm: expected.algorithm, hex: expected.hex };
    const url = new URL(expected.url);
    const checksum = findChecksum(await downloadText(url, { ...options, signal }), expected);
    if (checksum !== null) return checksum;
    throw new ProtiumError(
      'checksum-missing',
      `${shownUrl(url)} has no ${expected.algorithm} of ${expected.fileName}, or more than one.`,
      { details: { url: shownUrl(url), file: expected.fileName } },
    );
  };
}
