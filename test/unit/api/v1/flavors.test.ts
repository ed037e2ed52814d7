import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { flavorsService } from '../../../../internal/api/v1/flavors.ts';
import { createFlavors } from '../../../../internal/flavors/flavors.ts';
import { planPlacement } from '../../../../internal/placement/place.ts';
import { card, inputFor, machine } from '../../placement/hosts.ts';
import { administrator, contextOf } from './context.ts';

const context = contextOf(administrator);
const taken = [{ kind: 'process', description: 'Xorg (pid 812) has /dev/dri/card0 open' }] as const;

function service(settingsFile: string | null = null, users: typeof taken | readonly never[] = []) {
  const host = machine({ pci: card('0000:01:00', 1, { users }) });
  const flavors = createFlavors({
    host: { read: () => Promise.resolve(host) },
    instances: {
      check: (spec) => Promise.resolve(planPlacement({ ...inputFor(host, { slots: 1, ramsize: 64 }), spec })),
    },
    settingsFile,
  });
  const { methods } = flavorsService(flavors);
  return (method: string, request: object) =>
    Promise.resolve(
      methods[method]?.(
        { onlyAvailable: false, onlyWithDevices: false, pageSize: 0, pageToken: '', ...request } as never,
        context,
      ),
    ) as Promise<{ flavors: { name: string; available: boolean }[]; nextPageToken: string }>;
}

function settings(text: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'protium-flavors-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'flavors.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the list', () => {
  it('is sorted by name, comes in pages, and can be narrowed', async () => {
    const call = service();
    const { flavors } = await call('listFlavors', {});
    const names = flavors.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toContain('n1.2489');
    const first = await call('listFlavors', { pageSize: 2 });
    expect(first.flavors.map(({ name }) => name)).toEqual(names.slice(0, 2));
    const rest = await call('listFlavors', { pageToken: first.nextPageToken });
    expect(rest.flavors.map(({ name }) => name)).toEqual(names.slice(2));
    expect(await call('listFlavors', { onlyWithDevices: true })).toMatchObject({
      flavors: [
        { name: 'n1.2489', available: true, devices: [{ vendorId: '10de', deviceId: '2489', count: 1 }] },
      ],
    });
  });

  it('leaves out what is taken or limited where only what is available is wanted', async () => {
    const call = service(settings('override: {c1.tiny: {limited: true}}'), taken);
    const { flavors } = await call('listFlavors', { onlyAvailable: true });
    const names = flavors.map(({ name }) => name);
    expect(names).toContain('c1.small');
    expect(names).not.toContain('c1.tiny');
    expect(names).not.toContain('n1.2489');
  });

  it('refuses a page that is none', async () => {
    await expect(service()('listFlavors', { pageToken: '%' })).rejects.toMatchObject({
      code: 'argument-invalid',
    });
  });
});

describe('one', () => {
  it('says why it cannot be had', async () => {
    const call = service(settings('override: {n1.2489: {limited: true}}'), taken);
    expect(await call('getFlavor', { name: 'n1.2489' })).toMatchObject({
      flavor: { available: false, limited: true },
      reasons: [expect.stringMatching(/limited/), expect.stringMatching(/Xorg/)],
    });
    expect(await call('getFlavor', { name: 'c1.small' })).toMatchObject({
      flavor: { available: true, memoryMib: 2048n, rootStorageGib: 20n },
      reasons: [],
    });
  });

  it('that is not there is not found', async () => {
    await expect(service()('getFlavor', { name: 'n1.none' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('settings that are not there or not valid are told', async () => {
  await expect(service('/nowhere/flavors.yaml')('listFlavors', {})).rejects.toMatchObject({
    code: 'file-not-found',
  });
  await expect(service(settings('add: 1'))('listFlavors', {})).rejects.toMatchObject({
    code: 'argument-invalid',
  });
});
