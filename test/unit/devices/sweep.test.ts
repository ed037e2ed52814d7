import { expect, it, onTestFinished } from 'vitest';
import type { DeviceCare } from '../../../internal/devices/device-care.ts';
import { createDeviceSweep } from '../../../internal/devices/sweep.ts';
import type { LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { silent } from '../operations/fixture-log.ts';

const vm = 'vm-1';

function sweepOf(options: { readonly running: boolean; readonly synced?: boolean }) {
  const holders = new Set([vm]);
  const given: string[] = [];
  let running = options.running;
  let ageMs: number | null = options.synced === false ? null : 0;
  let failures = 0;
  let listener: (change: LiveViewChange) => void = () => undefined;
  const locks = createKeyedLock();
  const care: Pick<DeviceCare, 'holders' | 'giveBack'> = {
    holders: () => [...holders],
    giveBack: (uuid) => {
      if (failures > 0) {
        failures -= 1;
        return Promise.reject(new Error('not now'));
      }
      given.push(uuid);
      holders.delete(uuid);
      return Promise.resolve([]);
    },
  };
  const sweep = createDeviceSweep({
    care: care as DeviceCare,
    view: {
      onChange: (told) => {
        listener = told;
        return () => (listener = () => undefined);
      },
      domain: () => (running ? ({ id: 7 } as never) : undefined),
      status: () => ({ ageMs }) as never,
    },
    locks,
    ready: () => Promise.resolve(),
    isActive: () => Promise.resolve(running),
    log: silent as never,
    againAfterMs: 20,
  });
  onTestFinished(() => sweep.stop());
  return {
    given,
    locks,
    sweep,
    end: () => {
      running = false;
      listener({ kind: 'domain', type: 'changed', id: vm, name: vm, revision: 1 });
    },
    read: () => (ageMs = 0),
    failOnce: () => (failures = 1),
  };
}

it('gives back what a domain had when it ended while no daemon ran, as soon as libvirt was read', async () => {
  const { given, read } = sweepOf({ running: false, synced: false });
  expect(given).toEqual([]);
  read();
  await expect.poll(() => given).toEqual([vm]);
});

it('gives it back when the domain ends', async () => {
  const { given, end } = sweepOf({ running: true });
  end();
  await expect.poll(() => given).toEqual([vm]);
});

it('waits for an operation on the domain, and looks again then', async () => {
  const { given, locks, end } = sweepOf({ running: true });
  const release = await locks.acquire([`instance/${vm}`]);
  end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toEqual([]);
  release();
  await expect.poll(() => given).toEqual([vm]);
});

it('tries again after a failure', async () => {
  const { given, failOnce, end } = sweepOf({ running: true });
  failOnce();
  end();
  await expect.poll(() => given).toEqual([vm]);
});

it('does nothing once it is stopped', async () => {
  const { given, sweep, end } = sweepOf({ running: true });
  sweep.stop();
  end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toEqual([]);
});
