import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PNG } from 'pngjs';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError } from '../libvirt/error.ts';
import type { DomainRef } from '../libvirt/objects.ts';
import { readPpm } from './ppm.ts';

/** What is on a display now, as PNG. */
export async function takeScreenshot(
  client: Pick<LibvirtClient, 'domains'>,
  domain: DomainRef,
  screen: number,
): Promise<Buffer> {
  const image = await client.domains
    .screenshot(domain, screen)
    .then(({ image }) => buffer(image))
    .catch((error: unknown) => {
      if (screen > 0 && error instanceof LibvirtError && error.code === virError.operationInvalid) {
        throw new ProtiumError('not-found', `"${domain.name}" has no screen ${screen}.`, { cause: error });
      }
      throw fromLibvirt(error, `take a picture of the display of "${domain.name}"`);
    });
  return toPng(image);
}

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** QEMU gives libvirt PPM, newer ones PNG. The kind is told by the picture itself. Rejects with `libvirt-failed`. */
export async function toPng(image: Buffer): Promise<Buffer> {
  if (image.subarray(0, pngSignature.length).equals(pngSignature)) return image;
  const picture = readPpm(image);
  if (picture === null) {
    throw new ProtiumError('libvirt-failed', 'libvirt gave a picture that is neither whole PPM nor PNG.');
  }
  const { width, height, rgb } = picture;
  // Compressed by zlib's threads, not in the event loop.
  const png = new PNG({ width, height, inputHasAlpha: false, colorType: 2, inputColorType: 2 });
  png.data = rgb;
  // A stream of Node's first kind, without an iterator.
  return buffer(new Readable().wrap(png.pack()));
}
