import { describe, expect, it } from 'vitest';
import { wasRead } from '../../../../internal/libvirt/live-view/first-reading.ts';
import type { LiveViewStatus } from '../../../../internal/libvirt/live-view/live-view.ts';

type Shown = Pick<LiveViewStatus, 'ageMs' | 'error'>;
const unread: Shown = { ageMs: null, error: null };
const read: Shown = { ageMs: 0, error: null };
const away: Shown = { ageMs: null, error: 'connection refused' };

/** A view that shows these one after another, the last for ever; and how often it was looked at. */
function viewOf(...shown: Shown[]) {
  let looks = 0;
  const status = () => shown[Math.min(looks++, shown.length - 1)] as LiveViewStatus;
  return { view: { status }, looks: () => looks };
}

describe('the first reading of libvirt', () => {
  it('is waited for', async () => {
    const { view, looks } = viewOf(unread, unread, read);
    expect(await wasRead(view, 60_000)).toBe(true);
    expect(looks()).toBe(3);
  });

  it('is not waited for when it was long ago, even if libvirt is away now', async () => {
    const { view, looks } = viewOf({ ageMs: 5000, error: 'connection refused' });
    expect(await wasRead(view, 60_000)).toBe(true);
    expect(looks()).toBe(1);
  });

  it('is given up at once when libvirt cannot be reached', async () => {
    const { view, looks } = viewOf(unread, away);
    expect(await wasRead(view, 60_000)).toBe(false);
    expect(looks()).toBe(2);
  });

  it('is given up at the deadline', async () => {
    expect(await wasRead(viewOf(unread).view, 0)).toBe(false);
  });
});
