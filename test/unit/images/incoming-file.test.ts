import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openIncomingFile, receiveInto } from '../../../internal/images/incoming/incoming-file.ts';
import { temporaryDirectory } from '../store/state.ts';

const digest = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex');

describe('what is received', () => {
  it('is written as it came, with its digests, whatever the pieces and however often it begins anew', async () => {
    const piece = fc.nat(700_000).map((size) => Buffer.alloc(size, size & 0xff));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(piece, { freq: 8 }), { maxLength: 8 }), async (pieces) => {
        const target = path.join(temporaryDirectory(), 'file');
        const file = await openIncomingFile(target, { maxBytes: 2 ** 30, algorithms: ['sha512'] });
        let expected: Buffer[] = [];
        for (const next of pieces) {
          if (next === null) {
            await file.restart();
            expected = [];
          } else {
            await file.write(next);
            expected.push(next);
          }
        }
        const all = Buffer.concat(expected);
        expect(await file.finish()).toEqual({
          bytes: all.length,
          digests: { sha256: digest('sha256', all), sha512: digest('sha512', all) },
        });
        await file.close();
        expect((await readFile(target)).equals(all)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('does not go beyond the limit', async () => {
    const file = await openIncomingFile(path.join(temporaryDirectory(), 'file'), { maxBytes: 10 });
    await file.write(Buffer.alloc(10));
    await expect(file.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'image-too-large' });
    await expect(file.requireRoomFor(1)).rejects.toMatchObject({ code: 'image-too-large' });
    await file.close();
  });

  it('is refused beforehand where the disk has no room for it', async () => {
    const file = await openIncomingFile(path.join(temporaryDirectory(), 'file'), {
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
    await expect(file.requireRoomFor(2 ** 52)).rejects.toMatchObject({ code: 'storage-full' });
    await file.close();
  });

  it.each(['write', 'finish'] as const)('on a full disk fails in %s, as storage-full', async (where) => {
    const file = receiveInto(await open('/dev/full', 'a'), '/dev/full', { maxBytes: 2 ** 30 });
    const attempt = async (): Promise<void> => {
      if (where === 'write') {
        for (let i = 0; i < 4; i += 1) await file.write(Buffer.alloc(1024 * 1024));
      } else {
        await file.write(Buffer.alloc(10));
        await file.finish();
      }
    };
    await expect(attempt()).rejects.toMatchObject({ code: 'storage-full', retryable: true });
    await file.close();
  });
});
