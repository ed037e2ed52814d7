import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Of a file's content, in hexadecimal. */
export async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const content = createReadStream(file, { highWaterMark: 1024 * 1024, signal });
  for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
