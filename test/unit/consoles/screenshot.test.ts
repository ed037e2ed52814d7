import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { readPpm } from '../../../internal/consoles/ppm.ts';
import { toPng } from '../../../internal/consoles/screenshot.ts';

const pixels = Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3]);
const ppm = (header: string, body = pixels): Buffer => Buffer.concat([Buffer.from(header), body]);

it('PPM becomes PNG, pixel by pixel', async () => {
  const png = PNG.sync.read(await toPng(ppm('P6\n2 2\n255\n')));
  expect([png.width, png.height]).toEqual([2, 2]);
  expect([...png.data]).toEqual([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 1, 2, 3, 255]);
});

it('PNG is left as it is', async () => {
  const png = await toPng(ppm('P6 2 2 255 '));
  expect(await toPng(png)).toBe(png);
});

describe('what is no whole picture', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not a picture')],
    ['a grey one', ppm('P5\n2 2\n255\n')],
    ['16 bits', ppm('P6\n2 2\n65535\n')],
    ['no pixels', ppm('P6\n0 2\n255\n')],
    ['one cut off', ppm('P6\n2 2\n255\n', pixels.subarray(1))],
    ['one that claims too much', ppm('P6\n99999 99999\n255\n')],
  ])('%s is refused', async (_name, bytes) => {
    expect(readPpm(bytes)).toBeNull();
    await expect(toPng(bytes)).rejects.toMatchObject({ code: 'libvirt-failed' });
  });

  it('comments are no obstacle', () => {
    expect(readPpm(ppm('P6\n# made by hand\n2 2\n255\n'))).toMatchObject({ width: 2, height: 2 });
  });
});
