import path from 'node:path';
import { expect, it } from 'vitest';
import type { Analysis, Facts } from '../../../../internal/provision/analysis.ts';
import { readAnalysis } from '../../../../internal/provision/run/analysis-schema.ts';
import type { ImageOnOffer } from '../../../../internal/provision/run/choose-image.ts';
import { planProvision, type Choices, type HostOnOffer } from '../../../../internal/provision/run/plan.ts';
import { requirementOf } from '../../../../internal/provision/requirement-of.ts';

const stated = <T>(value: T, line: number) => ({
  value,
  confidence: 1,
  evidence: [{ file: 'README.md', line, quote: String(value), rule: 'test' }],
});
const base: Facts = {
  gpu: { need: { value: 'none', confidence: 0.5, evidence: [] } },
  cuda: { needed: { value: false, confidence: 0.5, evidence: [] } },
  os: { family: { value: 'linux', confidence: 0.2, evidence: [] } },
  runtime: {},
};
const analysisOf = (facts: Partial<Facts>): Analysis => {
  const whole = { ...base, ...facts };
  return { facts: whole, requirement: requirementOf(whole), notes: [] };
};
const image = (name: string, flavour: string, version: string, createdAt = '2026-01-01'): ImageOnOffer => ({
  id: `id-${name}`,
  name,
  digest: `sha256:${name}`,
  virtualSizeBytes: 2 ** 31,
  os: { family: flavour === 'win' ? 'windows' : 'linux', flavour, version, loginUser: flavour },
  createdAt,
});
const images = [
  image('debian-12', 'debian', '12'),
  image('ubuntu-22.04', 'ubuntu', '22.04'),
  image('ubuntu-24.04', 'ubuntu', '24.04'),
];
const host: HostOnOffer = {
  threads: 16,
  memoryMib: 65_536,
  arch: 'X86_64',
  floatingProblem: null,
  devices: [
    { id: '10de:1eb8', name: 'Tesla T4', memoryGb: 16, total: 2, free: 2 },
    { id: '10de:2230', name: 'RTX A6000', memoryGb: 48, total: 1, free: 1 },
    { id: '1002:73bf', name: 'RX 6900 XT', memoryGb: 16, total: 1, free: 1 },
  ],
};
const choices: Choices = {
  name: 'vm',
  source: 'https://example.org/a/b',
  slots: null,
  memoryMib: null,
  diskBytes: null,
  image: null,
  deviceClass: null,
  network: null,
  user: null,
  sshKeys: ['ssh-ed25519 AAAA'],
  putRepo: null,
  floatingAddress: false,
  healthCheck: true,
  start: null,
  durationMs: null,
};
const now = Date.UTC(2026, 0, 1);
const plan = (facts: Partial<Facts>, more: Partial<Choices> = {}, there: Partial<HostOnOffer> = {}) =>
  planProvision({
    analysis: analysisOf(facts),
    choices: { ...choices, ...more },
    host: { ...host, ...there },
    images,
    now,
  });
const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.plan`);

it('a repository that needs a card, with an image that is asked for', async () => {
  const made = plan({
    gpu: { need: stated('required', 3), vendors: stated(['nvidia'], 3), vram_gb_min: stated(10, 4) },
    cuda: { needed: stated(true, 5) },
    cpu_cores: stated(6, 6),
    ram_gb: stated(24, 7),
    os: { family: stated('linux', 8), flavour: stated('ubuntu22.04', 8), version: stated('22.04', 8) },
  });
  expect(made.refusals).toEqual([]);
  await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot(golden('with-card'));
});

it('nothing is said: a plain machine for a day, all of it called a default', async () => {
  const made = plan({});
  expect(made.end - made.start).toBe(24 * 3_600_000);
  expect(made.devices.device).toBeNull();
  await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot(golden('nothing-said'));
});

it('what the host never has is refused, each with what would be possible', () => {
  const made = plan({
    cpu_cores: stated(64, 1),
    ram_gb: stated(512, 2),
    arch: stated('aarch64', 3),
    gpu: { need: stated('required', 4), vram_gb_min: stated(80, 4) },
  });
  expect(made.refusals).toEqual([
    '64 vCPUs are asked for, and the host has 16: --slots 16 would be possible.',
    '524288 MiB of memory are asked for, and the host has 65536 for VMs: ask for less by --memory.',
    'It needs aarch64, and this host is X86_64.',
    expect.stringContaining('Tesla T4 (10de:1eb8): it has 16 GB of memory, and 80 are asked for.') as string,
  ]);
});

it("an architecture is known by its name in texts and by the host's", () => {
  expect(plan({ arch: stated('x86_64', 1) }).refusals).toEqual([]);
  expect(plan({ arch: stated('i386', 1) }).refusals).toEqual([]);
});

it('what the user says counts before what was found', () => {
  const facts: Partial<Facts> = { cpu_cores: stated(64, 1), gpu: { need: stated('required', 4) } };
  const made = plan(facts, { slots: 2, deviceClass: 'none', image: 'debian-12', durationMs: 3_600_000 });
  expect(made.refusals).toEqual([]);
  expect(made.image.image?.name).toBe('debian-12');
  expect(made.config).toMatchObject({ cpu: { slots: 2 }, pci: [] });
  expect(made.end - made.start).toBe(3_600_000);
  expect(made.asked[0]).toEqual({ name: 'vCPUs', value: '2', confidence: 1, from: 'user' });
  expect(plan({}, { deviceClass: '10de:2230' }).config).toMatchObject({
    pci: [{ vendor: '10de', model: '2230', quantity: 1 }],
  });
  expect(plan({}, { deviceClass: '10de:ffff' }).refusals).toHaveLength(1);
  expect(plan({}, { image: 'none-such' }).refusals).toEqual([expect.stringContaining('none-such')]);
});

it.each([
  [{ need: stated('recommended' as const, 1) }, '10de:1eb8'],
  [{ need: stated('optional' as const, 1) }, undefined],
  [{ need: stated('required' as const, 1), count_min: stated(2, 1) }, '10de:1eb8'],
  [{ need: stated('required' as const, 1), vram_gb_min: stated(24, 1) }, '10de:2230'],
  [
    {
      need: stated('required' as const, 1),
      pci_any_of: stated(['10de:2230'], 1),
      named_binding: stated('floor' as const, 1),
    },
    '10de:2230',
  ],
  [{ need: stated('required' as const, 1), pci_none_of: stated(['1002:73bf', '10de:1eb8'], 1) }, '10de:2230'],
])('the smallest card that does: %j', (gpu, id) => {
  expect(plan({ gpu }).devices.device?.id).toBe(id);
});

it('a recommended card that is not there is a note, not a refusal', () => {
  const made = plan({ gpu: { need: stated('recommended', 1) } }, {}, { devices: [] });
  expect(made.refusals).toEqual([]);
  expect(made.notes.join(' ')).toContain('it goes without');
});

it.each([
  ['ubuntu22.04', '22.04', 'ubuntu-22.04'],
  ['ubuntu', undefined, 'ubuntu-24.04'],
  ['ubuntu20.04', '20.04', 'ubuntu-24.04'],
  ['fedora', '40', 'ubuntu-24.04'],
])('of the images for %s %s it is %s', (flavour, version, name) => {
  const os = { family: stated('linux' as const, 1), flavour: stated(flavour, 1) };
  const made = plan({ os: version === undefined ? os : { ...os, version: stated(version, 1) } });
  expect(made.image.image?.name).toBe(name);
});

it('a system that no image has is refused', () => {
  const made = plan({ os: { family: stated('windows', 1) } });
  expect(made.image.candidates.every(({ suitable }) => !suitable)).toBe(true);
  expect(made.refusals).toEqual([expect.stringContaining('No image here has windows')]);
});

it('the guest clones the repository with its URL as an argument', () => {
  const url = 'https://example.org/a/b;reboot.git';
  const { config } = plan({}, { putRepo: url });
  expect(config['cloudinit']).toContain(url);
  expect(config['cloudinit']).toContain('/srv/b-reboot');
  expect(plan({}, { putRepo: url }).expected).toMatchObject({ repository: '/srv/b-reboot' });
});

it('says what the guest is to have, where it is looked at', () => {
  const made = plan({ cpu_cores: stated(4, 1) }, { deviceClass: '10de:1eb8' });
  expect(made.expected).toEqual({
    vcpus: 4,
    memoryMib: 4096,
    diskBytes: 20 * 2 ** 30,
    cardClass: '10de:1eb8',
    cards: 1,
    repository: null,
  });
  expect(made.steps).toContain('wait for ssh and cloud-init, and look at what the guest has');
  expect(plan({}, { healthCheck: false }).expected).toBeNull();
});

it('a floating address that cannot be had is in the way', () => {
  const none = { ...host, floatingProblem: 'there is no pool of them.' };
  const input = { analysis: analysisOf({}), images, now: 0 };
  const asking = { ...choices, floatingAddress: true };
  expect(planProvision({ ...input, choices: asking, host: none }).refusals).toEqual([
    'No floating address can be had: there is no pool of them. Leave out --floating-address.',
  ]);
  expect(planProvision({ ...input, choices: asking, host }).steps).toContain('bind a floating address');
  expect(planProvision({ ...input, choices, host: none }).refusals).toEqual([]);
});

it('an analysis from outside is checked', () => {
  const good = analysisOf({ cpu_cores: stated(4, 1) });
  expect(readAnalysis(JSON.parse(JSON.stringify(good)))).toEqual(good);
  const bad = [null, {}, { ...good, facts: {} }, { ...good, notes: ['x'.repeat(2 ** 21)] }];
  for (const each of bad) {
    expect(() => readAnalysis(each)).toThrow(expect.objectContaining({ code: 'argument-invalid' }) as Error);
  }
  const wild = { ...good, facts: { ...good.facts, cpu_cores: stated(-1, 1) } };
  expect(() => readAnalysis(wild)).toThrow('analysis.facts.cpu_cores.value');
});
