import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import type { ConsoleEnding } from '../../../internal/consoles/console.ts';
import { SharedStream, type Viewer } from '../../../internal/consoles/shared-stream.ts';

/** A console as libvirt gives it, and the guest's side of it. */
class Guest extends Duplex {
  readonly typed: string[] = [];
  asked = 0;
  /** Resolves the write that waits; null: writes are taken at once. */
  release: (() => void) | null = null;
  slow = false;

  override _read(): void {
    this.asked += 1;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    this.typed.push(chunk.toString());
    if (this.slow) this.release = written;
    else written();
  }
}

const ended: ConsoleEnding = { reason: 'guest-ended', message: 'It is off.' };

function share({ stallMs = 10_000, historyBytes = 8 } = {}) {
  const guest = new Guest();
  const onClose = vi.fn();
  const explain = vi.fn((_error: Error | null) => Promise.resolve(ended));
  const shared = new SharedStream(guest, { historyBytes, stallMs, explain, onClose });
  const join = (): Viewer => {
    const joined = shared.join();
    if (joined === undefined) throw new Error('it is over');
    return joined.viewer;
  };
  return { guest, shared, join, onClose, explain };
}

const nextText = async (viewer: Viewer) => String(((await once(viewer, 'data')) as [Buffer])[0]);

it('all hear the guest, and all may type', async () => {
  const { guest, shared, join } = share();
  const [first, second] = [join(), join()];
  const heard = Promise.all([nextText(first), nextText(second)]);
  guest.push('hello');
  expect(await heard).toEqual(['hello', 'hello']);
  first.write('a');
  second.write('b');
  expect(guest.typed).toEqual(['a', 'b']);
  expect(shared.viewers).toBe(2);
});

it('who comes later is told the end of what was written', async () => {
  const { guest, shared, join } = share();
  const viewer = join();
  guest.push('0123456');
  await nextText(viewer);
  guest.push('789');
  await nextText(viewer);
  expect(String(shared.join()?.history)).toBe('23456789');
});

it('nothing is read before there is a viewer', () => {
  const { guest } = share();
  guest.push('early');
  expect(guest.readableFlowing).toBeNull();
});

it('a viewer that does not read holds up the guest, and nothing piles up', async () => {
  const { guest, join } = share();
  const viewer = join();
  const chunk = Buffer.alloc(64 * 1024);
  for (let count = 0; count < 64 && !guest.isPaused(); count += 1) {
    guest.push(chunk);
    await new Promise(setImmediate);
  }
  expect(guest.isPaused()).toBe(true);
  expect(viewer.readableLength).toBeLessThanOrEqual(5 * chunk.length);
  viewer.resume();
  await vi.waitFor(() => expect(guest.isPaused()).toBe(false));
});

it('one that does not read is dropped when others wait, and they go on', async () => {
  const { guest, join } = share({ stallMs: 1 });
  const [reading, stuck] = [join(), join()];
  let bytes = 0;
  reading.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const total = 12 * 64 * 1024;
  for (let sent = 0; sent < total; sent += 64 * 1024) guest.push(Buffer.alloc(64 * 1024));
  await once(stuck, 'close');
  expect(stuck.ending?.reason).toBe('too-slow');
  await vi.waitFor(() => expect(bytes).toBe(total));
  expect(reading.destroyed).toBe(false);
});

it('typing waits for the guest', async () => {
  const { guest, join } = share();
  guest.slow = true;
  const viewer = join();
  expect(viewer.write(Buffer.alloc(1024 * 1024))).toBe(false);
  const drained = once(viewer, 'drain');
  guest.release?.();
  await drained;
});

it('the end of the guest comes behind its last words, with the reason', async () => {
  const { guest, shared, join, explain, onClose } = share();
  const viewer = join();
  guest.push('Power down');
  guest.push(null);
  expect(await text(viewer)).toBe('Power down');
  expect(viewer.ending).toBe(ended);
  expect(explain).toHaveBeenCalledExactlyOnceWith(null);
  expect(onClose).toHaveBeenCalledOnce();
  expect(shared.join()).toBeUndefined();
});

it('a failure of the source is explained, and thrown at nobody', async () => {
  const { guest, join, explain } = share();
  const viewer = join();
  const failure = new Error('gone');
  guest.destroy(failure);
  viewer.resume();
  await once(viewer, 'end');
  expect(explain).toHaveBeenCalledExactlyOnceWith(failure);
});

it('the source is closed when the last viewer leaves', () => {
  const { guest, shared, join, onClose, explain } = share();
  const [first, second] = [join(), join()];
  first.destroy();
  expect(guest.destroyed).toBe(false);
  second.destroy();
  return vi.waitFor(() => {
    expect(guest.destroyed).toBe(true);
    expect(onClose).toHaveBeenCalledOnce();
    expect(shared.join()).toBeUndefined();
    expect(explain).not.toHaveBeenCalled();
  });
});
