import { describe, expect, it } from 'vitest';
import { attachmentsOf } from '../../../../internal/instances/attachments/attachments.ts';
import { detachDevice } from '../../../../internal/instances/attachments/detach-device.ts';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { serializeXml } from '../../../../internal/xml/serialize.ts';
import { instanceOf, withDevice } from './instances.ts';

const { definition, domain } = instanceOf({ slots: 1, ramsize: 512, volumes: [] }, { runs: true });
const nic =
  '<interface type="network"><mac address="52:54:00:00:00:99"/><source network="default"/><alias name="net9"/></interface>';
const withNic = withDevice(definition, nic);

type Event = Record<string, unknown>;

/** A guest that does with a device as the test wants; what runs is told by `has`. */
function guest(answer: (tell: (event: Event) => void, release: () => void) => void) {
  const calls: string[] = [];
  let has = true;
  let listener: (event: Event) => void = () => undefined;
  const tell = (event: Event) => listener({ domain, device: 'net9', ...event });
  const client = {
    domains: {
      xml: () => Promise.resolve(serializeXml(has ? withNic : definition)),
      detachDevice: (_domain: object, _xml: string, scope: { live?: boolean; config?: boolean }) => {
        calls.push(scope.live === true ? 'live' : 'config');
        if (scope.live === true) answer(tell, () => (has = false));
        return Promise.resolve();
      },
    },
    events: {
      onEvent: (to: typeof listener) => {
        listener = to;
        return () => (listener = () => undefined);
      },
    },
  } as unknown as LibvirtClient;
  const attachment = attachmentsOf(withNic, withNic).find(({ id }) => id === '52:54:00:00:00:99');
  if (attachment === undefined) throw new Error('it has none');
  const detach = (deadlineMs: number, signal?: AbortSignal) =>
    detachDevice({ client, domain, attachment, deadlineMs, ...(signal === undefined ? {} : { signal }) });
  return { calls, detach };
}

describe('a device that is taken from what runs', () => {
  it('leaves the definition when the guest has let go at once', async () => {
    const { calls, detach } = guest((_tell, release) => release());
    await detach(60_000);
    expect(calls).toEqual(['live', 'config']);
  });

  it('is waited for', async () => {
    const { calls, detach } = guest((tell, release) =>
      setImmediate(() => {
        release();
        tell({ kind: 'domain-device-removed' });
      }),
    );
    await detach(60_000);
    expect(calls).toEqual(['live', 'config']);
  });

  it.each([
    ['refuses', { kind: 'domain-device-removal-failed' }, 60_000, 'state-conflict'],
    ['is silent', null, 1, 'deadline-exceeded'],
    ['tells of another device', { kind: 'domain-device-removed', device: 'net1' }, 1, 'deadline-exceeded'],
  ] as const)('stays, also in the definition, when the guest %s', async (_what, event, deadlineMs, code) => {
    const { calls, detach } = guest((tell) => setImmediate(() => event !== null && tell(event)));
    await expect(detach(deadlineMs)).rejects.toMatchObject({ code });
    expect(calls).toEqual(['live']);
  });

  it('is given up when that is asked for', async () => {
    const cancel = new AbortController();
    const { calls, detach } = guest(() => setImmediate(() => cancel.abort(new Error('cancelled'))));
    await expect(detach(60_000, cancel.signal)).rejects.toThrow('cancelled');
    expect(calls).toEqual(['live']);
  });
});
