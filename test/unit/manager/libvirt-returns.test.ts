import { expect, it } from 'vitest';
import { libvirtReturns } from '../../../cmd/manager/libvirt-returns.ts';
import { LibvirtConnectionError } from '../../../internal/libvirt/error.ts';

/** Answers from the n-th question on. */
function libvirt(answersFrom: number) {
  let asked = 0;
  return {
    host: {
      ping: () => {
        asked += 1;
        return asked < answersFrom ? Promise.reject(new LibvirtConnectionError('gone')) : Promise.resolve();
      },
    },
  };
}
const never = new AbortController().signal;

it('libvirt is asked until it answers', async () => {
  expect(await libvirtReturns(libvirt(1), never)).toBe(true);
  expect(await libvirtReturns(libvirt(3), never)).toBe(true);
});

it('it is given up after its time, and when nobody waits any more', async () => {
  expect(await libvirtReturns(libvirt(Infinity), never, 300)).toBe(false);
  const stopping = new AbortController();
  const waiting = libvirtReturns(libvirt(Infinity), stopping.signal);
  stopping.abort();
  expect(await waiting).toBe(false);
});
