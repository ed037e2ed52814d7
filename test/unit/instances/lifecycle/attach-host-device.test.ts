import { unlimited } from '../no-limits.ts';
import { describe, expect, it } from 'vitest';
import { createDeviceCare } from '../../../../internal/devices/device-care.ts';
import { createTakenDevices } from '../../../../internal/devices/taken-devices.ts';
import { attachToInstance } from '../../../../internal/instances/attachments/attach.ts';
import { attachmentsOf } from '../../../../internal/instances/attachments/attachments.ts';
import { detachFromInstance } from '../../../../internal/instances/attachments/detach.ts';
import { createBeginChange } from '../../../../internal/instances/changes/begin-change.ts';
import { Booking } from '../../../../internal/instances/changes/booking.ts';
import { rebookingInput } from '../../../../internal/instances/changes/rebooking-input.ts';
import { claimOfPlan } from '../../../../internal/instances/claims.ts';
import { instanceMetadata } from '../../../../internal/instances/documents/metadata.ts';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { LibvirtConnectionError, LibvirtError } from '../../../../internal/libvirt/error.ts';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { planPlacement } from '../../../../internal/placement/place.ts';
import { setProtiumMetadata } from '../../../../internal/xml/domain/metadata.ts';
import { append, remove, replaceChild } from '../../../../internal/xml/edit.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';
import { serializeXml } from '../../../../internal/xml/serialize.ts';
import { child, children, type XmlElement } from '../../../../internal/xml/tree.ts';
import { fakeDrivers } from '../../devices/fake-drivers.ts';
import { databasePath, engine, openFor } from '../../operations/fixture.ts';
import { silent } from '../../operations/fixture-log.ts';
import { card, inputFor, machine } from '../../placement/hosts.ts';
import { documentOf, uuid } from '../document-cases.ts';
import { recordOf } from './instances.ts';

const config = { slots: 1, ramsize: 512, volumes: [] };
const cards = [...card('0000:01:00', 10), ...card('0000:02:00', 11)];
const [gpu, audio] = ['0000:01:00.0', '0000:01:00.1'];

/** An instance that runs, on a host with two cards, of which one driver at a time does as the test wants. */
function bench() {
  const drivers = fakeDrivers(cards);
  const facts = () => ({
    ...machine({ pci: cards }),
    pci: cards.map((device) => ({ ...device, driver: drivers.current(device.address) })),
  });
  let live = documentOf(machine({ pci: cards }), config, 'vm');
  let refuse: string | null = null;
  /** libvirt is gone when it has detached so many more. */
  let losesAfter = Infinity;
  const editDevices = (edit: (devices: XmlElement) => XmlElement) => {
    const devices = child(live, 'devices');
    if (devices === null) throw new Error('no devices');
    live = replaceChild(live, devices, edit(devices));
  };
  const client = {
    domains: {
      lookupByUuid: () => Promise.resolve({ name: 'vm', uuid, id: 1 }),
      xml: () => Promise.resolve(serializeXml(live)),
      hasManagedSave: () => Promise.resolve(false),
      memoryStats: () => Promise.resolve({ rss: 1024n }),
      attachDevice: (_domain: object, xml: string) => {
        if (refuse !== null && xml.includes(refuse)) {
          const message = 'as the test wants it';
          return Promise.reject(
            new LibvirtError({ code: virError.internalError, domain: 10, level: 2, message, call: 'x' }),
          );
        }
        editDevices((devices) => append(devices, parseXml(xml)));
        return Promise.resolve();
      },
      detachDevice: (_domain: object, xml: string) => {
        const address = attachmentsOf(
          null,
          parseXml(`<domain type='kvm'><name>x</name><memory>1</memory><devices>${xml}</devices></domain>`),
        )[0]?.id;
        editDevices((devices) => {
          const found = children(devices, 'hostdev').find((each) =>
            attachmentsOf(
              null,
              parseXml(
                `<domain type='kvm'><name>x</name><memory>1</memory><devices>${serializeXml(each)}</devices></domain>`,
              ),
            ).some(({ id }) => id === address),
          );
          return found === undefined ? devices : remove(devices, found);
        });
        losesAfter -= 1;
        return losesAfter === 0 ? Promise.reject(new LibvirtConnectionError('gone')) : Promise.resolve();
      },
      setMetadata: (_domain: object, _uri: string, _key: string, text: string) => {
        const record = recordOf(
          setProtiumMetadata(live, parseXml(text.replace(/(<\/?)(?=[a-z])/g, '$1protium:'))),
        );
        live = setProtiumMetadata(live, instanceMetadata(record));
        return Promise.resolve();
      },
    },
    events: { onEvent: () => () => undefined },
  } as unknown as LibvirtClient;
  const path = databasePath();
  const database = openFor(path);
  const host = { read: () => Promise.resolve(facts()) };
  const care = createDeviceCare({
    taken: createTakenDevices(database, 'boot'),
    drivers,
    host,
    log: silent as never,
    triesAfterMs: [0],
  });
  const view = { refresh: () => Promise.resolve(), networks: () => [], volumes: () => [], domains: () => [] };
  const booking = new Booking();
  const parts = { client, view: view as never, care, host, booking, imagePool: 'images' };
  const [attach, detach] = [attachToInstance(parts), detachFromInstance(parts)];
  const operations = engine(path, [attach.definition, detach.definition], {
    database,
    libvirtReturns: () => Promise.resolve(true),
  });
  booking.open({
    situations: {
      replan: (rebooking: Parameters<typeof rebookingInput>[1]) => {
        const claim = claimOfPlan({ uuid, name: 'vm' }, 'instance', recordOf(live).plan);
        const claims = booking.held.beside([claim]);
        return Promise.resolve(planPlacement(rebookingInput(inputFor(facts(), config, claims), rebooking)));
      },
    } as never,
    pending: { disks: () => [], domainNames: () => new Set() },
    locks: operations.locks,
    limits: unlimited,
  });
  operations.watch(null, ({ id, endedAt }) => {
    if (endedAt !== null) booking.release(id);
  });
  const begin = createBeginChange({
    instances: {
      get: (id) => (id === uuid ? ({ uuid, domain: 'vm', owner: 'f'.repeat(32) } as never) : undefined),
    },
    operations,
    ready: () => Promise.resolve(),
  });
  const ended = async ({ operation }: { readonly operation: string | null }) =>
    operations.wait(operation ?? '');
  return {
    drivers,
    begin,
    ended,
    operations,
    attach: (device: string, options = {}) =>
      begin(
        attach,
        uuid,
        (target) => ({ ...target, request: { kind: 'host-device' as const, device } }),
        options,
      ),
    detach: (id: string) =>
      begin(detach, uuid, (target) => ({ ...target, kind: 'host-device' as const, id, timeoutMs: 1 })),
    loseAfter: (detached: number) => (losesAfter = detached),
    has: () => attachmentsOf(null, live).flatMap(({ kind, id }) => (kind === 'host-device' ? id : [])),
    planned: () => recordOf(live).plan.pci.map(({ address }) => address),
    refuse: (address: string) =>
      (refuse = `bus="0x${address.slice(5, 7)}" slot="0x00" function="0x${address.at(-1) ?? ''}"`),
  };
}

describe('a card that is plugged into a VM that runs', () => {
  it('is taken from its drivers with all that goes along, and comes back to them', async () => {
    const at = bench();
    const dry = await at.attach('10de:2489', { validateOnly: true });
    expect(dry.operation).toBeNull();
    expect(dry.notices.join()).toContain('goes along');
    expect(at.drivers.changes).toEqual([]);
    const { state, result } = await at.ended(await at.attach('10de:2489'));
    expect([state, result]).toMatchObject(['succeeded', { attached: [gpu, audio] }]);
    expect(at.has()).toEqual([gpu, audio]);
    expect(at.planned()).toEqual([gpu, audio]);
    expect(at.drivers.current(gpu)).toBe('vfio-pci');
    await expect(at.attach(gpu)).rejects.toMatchObject({ code: 'already-exists' });

    const second = await at.ended(await at.attach('0000:02:00.0'));
    expect(second).toMatchObject({ state: 'succeeded' });
    expect(at.has()).toHaveLength(4);
    await expect(at.attach('10de:2489')).rejects.toMatchObject({ code: 'host-incapable' });

    expect(await at.ended(await at.detach(audio))).toMatchObject({ state: 'succeeded' });
    expect(at.has()).toEqual(['0000:02:00.0', '0000:02:00.1']);
    expect(at.planned()).toEqual(['0000:02:00.0', '0000:02:00.1']);
    expect([at.drivers.current(gpu), at.drivers.current('0000:02:00.0')]).toEqual(['nvidia', 'vfio-pci']);
  });

  it('goes back when libvirt refuses a part of it, and the one that it had stays', async () => {
    const at = bench();
    await at.ended(await at.attach(gpu));
    at.refuse('0000:02:00.1');
    const { state, error } = await at.ended(await at.attach('0000:02:00.0'));
    expect([state, error?.code]).toEqual(['failed', 'libvirt-failed']);
    expect(at.has()).toEqual([gpu, audio]);
    expect(at.planned()).toEqual([gpu, audio]);
    expect([at.drivers.current(gpu), at.drivers.current('0000:02:00.0')]).toEqual(['vfio-pci', 'nvidia']);
  });

  it('that its driver does not let go is not attached', async () => {
    const at = bench();
    at.drivers.failWith(audio, { outcome: 'failed', reason: 'no' });
    const { state, error } = await at.ended(await at.attach(gpu));
    expect([state, error?.code]).toEqual(['failed', 'device-unhealthy']);
    expect(at.has()).toEqual([]);
    expect(at.drivers.current(gpu)).toBe('nvidia');
  });

  it.each([1, 2])(
    'goes out to the end when libvirt is gone after %s of 2 of its functions',
    async (detached) => {
      const at = bench();
      await at.ended(await at.attach(gpu));
      at.loseAfter(detached);
      expect(await at.ended(await at.detach(gpu))).toMatchObject({ state: 'succeeded' });
      expect([at.has(), at.planned()]).toEqual([[], []]);
      expect([at.drivers.current(gpu), at.drivers.current(audio)]).toEqual(['nvidia', 'snd_hda_intel']);
    },
  );

  it('by two at once goes in once', async () => {
    const at = bench();
    const begun = await Promise.all([at.attach(gpu), at.attach(gpu)]);
    const states = await Promise.all(begun.map((each) => at.ended(each)));
    expect(states.map(({ state, error }) => error?.code ?? state).sort()).toEqual([
      'already-exists',
      'succeeded',
    ]);
    expect(at.has()).toEqual([gpu, audio]);
  });
});

it('a change of what is no instance is not found', async () => {
  const at = bench();
  await expect(
    at.begin({ definition: {} as never, check: () => Promise.resolve([]) }, 'nobody', () => ({}) as never),
  ).rejects.toMatchObject({ code: 'not-found' });
});
