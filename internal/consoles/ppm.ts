/** A picture as rows of red, green, blue, 8 bits each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Buffer;
}

/** Larger than any display: what claims to be so is no screenshot. */
const mostPixels = 16_384 * 16_384;

/** Reads a binary PPM (P6) of 8 bits a colour, which QEMU writes; null: it is none, or not whole. Pure. */
export function readPpm(bytes: Buffer): Picture | null {
  const header = /^P6\s(?:#[^\n]*\n|\s)*(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s/.exec(
    bytes.toString('latin1', 0, 512),
  );
  if (header === null) return null;
  const [width, height, highest] = header.slice(1).map(Number);
  if (width === undefined || height === undefined || highest !== 255) return null;
  if (width === 0 || height === 0 || width * height > mostPixels) return null;
  const rgb = bytes.subarray(header[0].length, header[0].length + width * height * 3);
  return rgb.length === width * height * 3 ? { width, height, rgb } : null;
}
