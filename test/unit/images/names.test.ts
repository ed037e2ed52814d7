import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foundId,
  foundName,
  imageNamePattern,
  readVolumeName,
  requireImageName,
  volumeNameOf,
} from '../../../internal/images/names.ts';

const digests = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `sha256:${Buffer.from(bytes).toString('hex')}`);

describe('names', () => {
  it('a volume is called by its content, and tells it', () => {
    fc.assert(
      fc.property(digests, fc.constantFrom('qcow2', 'raw'), (digest, format) => {
        expect(readVolumeName(volumeNameOf(digest, format))).toEqual({ digest, format });
        expect(foundName(digest)).toMatch(imageNamePattern);
      }),
    );
  });

  it('other volumes are no images', () => {
    for (const name of [
      'a.qcow2',
      `${'a'.repeat(64)}.vmdk`,
      `${'A'.repeat(64)}.raw`,
      `x${'a'.repeat(64)}.raw`,
    ]) {
      expect(readVolumeName(name)).toBeNull();
    }
  });

  it('an image that is found always has the same id', () => {
    expect(foundId('p', 'v')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(foundId('p', 'v')).toBe(foundId('p', 'v'));
    expect(foundId('p', 'w')).not.toBe(foundId('p', 'v'));
  });

  it.each(['', '-a', '.a', 'A', 'a/b', '../a', 'a b', 'a\n', 'a'.repeat(64), 'ä', 'a_b', 'a\0'])(
    '%j is refused',
    (name) => {
      expect(() => requireImageName(name)).toThrow(
        expect.objectContaining({ code: 'argument-invalid' }) as Error,
      );
    },
  );

  it.each(['a', '0', 'debian-12', 'ubuntu-24.04', 'a'.repeat(63)])('%j is taken', (name) => {
    expect(requireImageName(name)).toBe(name);
  });
});
