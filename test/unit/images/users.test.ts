import { describe, expect, it } from 'vitest';
import { createImageHolds } from '../../../internal/images/holds.ts';
import { requireUnused, usersIn } from '../../../internal/images/users.ts';
import type { DomainView, VolumeView } from '../../../internal/libvirt/live-view/views.ts';

const image = { pool: 'images', name: `${'a'.repeat(64)}.qcow2` };
const volume = (name: string, backingPath: string | null) => ({ pool: 'p', name, backingPath }) as VolumeView;
const domain = (name: string, ...diskPaths: string[]) => ({ name, diskPaths }) as unknown as DomainView;

describe('users of an image', () => {
  it('are volumes and domains on its file, by whatever path', () => {
    const users = usersIn(image, {
      volumes: [
        volume('on-it', `/images/${image.name}`),
        volume('by-a-link', `/srv/link/${image.name}`),
        volume('elsewhere', '/images/b.qcow2'),
        volume('alone', null),
      ],
      domains: [domain('direct', '/a', `/images/${image.name}`), domain('other', '/b')],
    });
    expect(users).toEqual([
      { kind: 'volume', name: 'p/on-it' },
      { kind: 'volume', name: 'p/by-a-link' },
      { kind: 'domain', name: 'direct' },
    ]);
  });

  it('are named when it cannot be deleted', () => {
    const users = Array.from({ length: 12 }, (_, index) => ({ kind: 'domain', name: `d${index}` }) as const);
    expect(() => requireUnused('base', users)).toThrow(
      expect.objectContaining({
        code: 'resource-in-use',
        message: expect.stringMatching(/"base".*domain "d0".*domain "d9" and 2 more/) as string,
      }) as Error,
    );
    expect(() => requireUnused('base', [])).not.toThrow();
  });
});

describe('holds', () => {
  it('name their users until they end, each on its own', () => {
    const holds = createImageHolds();
    const [first, second] = [holds.hold(image, 'one'), holds.hold(image, 'one')];
    expect(holds.usersOf(image)).toEqual(['one', 'one']);
    first();
    first();
    expect(holds.usersOf(image)).toEqual(['one']);
    second();
    expect(holds.usersOf(image)).toEqual([]);
  });

  it('are not had while the image is deleted', () => {
    const holds = createImageHolds();
    const [one, two] = [holds.close(image), holds.close(image)];
    const refused = expect.objectContaining({ code: 'busy' }) as Error;
    one();
    one();
    expect(() => holds.hold(image, 'x')).toThrow(refused);
    two();
    expect(() => holds.hold(image, 'x')).not.toThrow();
  });
});
