import { describe, expect, it } from 'vitest';
import { ChangedClaims } from '../../../../internal/instances/changes/changed-claims.ts';
import { pendingChanges } from '../../../../internal/instances/changes/pending-changes.ts';
import { rebookingInput } from '../../../../internal/instances/changes/rebooking-input.ts';
import { claimOfPlan } from '../../../../internal/instances/claims.ts';
import { liveResize } from '../../../../internal/instances/resize/apply-live.ts';
import { resizeDefinition } from '../../../../internal/instances/resize/resize-definition.ts';
import { planPlacement } from '../../../../internal/placement/place.ts';
import type { Plan } from '../../../../internal/placement/plan.ts';
import { readDomain } from '../../../../internal/xml/domain/read.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';
import { serializeXml } from '../../../../internal/xml/serialize.ts';
import type { XmlElement } from '../../../../internal/xml/tree.ts';
import { matchGolden } from '../../../golden/match-golden.ts';
import { invalidAgainstSchema } from '../schema.ts';
import { full } from '../document-cases.ts';
import { inputFor } from '../../placement/hosts.ts';
import { codeOf, instanceOf } from './instances.ts';

const config = { slots: 2, ramsize: 1024, volumes: [{ size_gb: 1 }] };

function planOf(wanted: object): Plan {
  const answer = planPlacement(inputFor(full, wanted));
  if (!answer.ok) throw new Error('no plan');
  return answer.plan;
}

/** As somebody edited it: text of the document replaced. */
function edited(domain: XmlElement, from: RegExp, to: string): XmlElement {
  const text = serializeXml(domain);
  expect(text).toMatch(from);
  return parseXml(text.replace(from, to));
}

describe('a definition that is resized', () => {
  it.each([
    ['larger', { slots: 4, ramsize: 4096 }],
    ['over-nodes', { slots: 20, allowSMT: false, ramsize: 8192 }],
    ['smaller', { slots: 1, ramsize: 512, allowSMT: false }],
  ])('%s has what was planned, and is one that libvirt allows', async (name, wanted) => {
    const { definition, record } = instanceOf({ ...config, allowSMT: false });
    const xml = serializeXml(resizeDefinition(definition, record.plan, planOf(wanted)), { indent: true });
    await matchGolden(`documents/resized-${name}.xml`, xml);
    expect(await invalidAgainstSchema('domain', xml)).toBeNull();
  });

  it('and back is what it was', () => {
    const { definition, record } = instanceOf(config);
    const plan = planOf({ slots: 4, ramsize: 4096 });
    const there = resizeDefinition(definition, record.plan, plan);
    expect(serializeXml(resizeDefinition(there, plan, record.plan))).toBe(serializeXml(definition));
  });

  it('keeps what others made of it: shares, the model of its CPU, room for more vCPUs', () => {
    const { definition, record } = instanceOf(config);
    const maximum = record.plan.cpu.vcpus;
    let by = edited(definition, /<cputune>/, '<cputune><shares>77</shares>');
    by = edited(by, />\d+<\/vcpu>/, ` current="${maximum}">16</vcpu>`);
    by = edited(by, /<topology[^>]*>/, '<topology sockets="1" cores="16" threads="1"/>');
    const plan = planOf({ slots: 4, ramsize: 1024 });
    const text = serializeXml(resizeDefinition(by, record.plan, plan));
    expect(text).toContain('<shares>77</shares>');
    expect(text).toContain('cores="16"');
    expect(readDomain(parseXml(text)).vcpus).toEqual({ maximum: 16, current: plan.cpu.vcpus });
    const beyond = resizeDefinition(by, record.plan, planOf({ slots: 20, ramsize: 1024 }));
    expect(readDomain(beyond).vcpus.maximum).toBeGreaterThan(16);
  });

  it.each([
    [/<cpu ([^>]*)>/, '<cpu $1><numa><cell id="0" cpus="0" memory="1048576" unit="KiB"/></numa>'],
    [/<memory unit/, '<maxMemory slots="2" unit="KiB">9999999</maxMemory><memory unit'],
  ])('is refused where somebody divided it otherwise: %s', (from, to) => {
    const { definition, record } = instanceOf(config);
    const by = edited(definition, from, to);
    expect(codeOf(() => resizeDefinition(by, record.plan, record.plan))).toBe('state-conflict');
  });
});

describe('what runs', () => {
  const { definition, record } = instanceOf(config);
  const has = readDomain(definition);

  it.each([
    ['less memory', { slots: 2, ramsize: 512 }, { vcpus: null, memoryKiB: 512 * 1024 }],
    ['more memory', { slots: 2, ramsize: 2048 }, { vcpus: null, memoryKiB: null }],
    ['the same', config, { vcpus: null, memoryKiB: null }],
  ])('%s: %j can be given %j at once', (_what, wanted, expected) => {
    expect(liveResize(definition, planOf(wanted))).toEqual(expected);
  });

  it('gets vCPUs up to as many as it has room for, and keeps its memory under host devices', () => {
    const roomy = edited(definition, />\d+<\/vcpu>/, ` current="${has.vcpus.maximum}">16</vcpu>`);
    const plan = planOf({ slots: 4, ramsize: 512 });
    expect(liveResize(roomy, plan).vcpus).toBe(plan.cpu.vcpus);
    expect(liveResize(roomy, { ...plan, memory: { ...plan.memory, pinned: true } }).memoryKiB).toBeNull();
  });

  it('differs from its definition in what waits', () => {
    const next = resizeDefinition(definition, record.plan, planOf({ slots: 4, ramsize: 2048 }));
    expect(pendingChanges(definition, definition)).toEqual([]);
    expect(pendingChanges(definition, next)).toMatchObject([
      { field: 'vcpus' },
      { field: 'memory_mib', running: '1024', configured: '2048' },
    ]);
    const bare = edited(definition, /<disk [^]*?<\/disk>/, '');
    expect(pendingChanges(bare, definition)).toEqual([
      { field: 'volume vda', running: '', configured: 'attached' },
    ]);
  });
});

describe('what the host is asked for', () => {
  const { record } = instanceOf(config);
  const claim = claimOfPlan({ uuid: 'u', name: 'vm' }, 'instance', record.plan);
  const base = { uuid: 'u', domain: 'vm', plan: record.plan, spec: record.spec, residentMib: 0 };

  it('is instead of what it has, on the cores that it has', () => {
    const busy = { ...claim, holder: 'other', cores: [0, 1, 2, 3], overprovision: 1 };
    const input = { ...inputFor(full, config), claims: [claim, busy] };
    const wanted = { ...record.spec, cpu: { ...record.spec.cpu, slots: 3 } };
    const answer = planPlacement(rebookingInput(input, { ...base, spec: wanted }));
    expect(answer.ok && answer.plan.cpu.slots).toBe(3);
    const own = { ...record.plan, cpu: { ...record.plan.cpu, cores: [9, 10] } };
    const again = planPlacement(
      rebookingInput({ ...input, claims: [claim] }, { ...base, plan: own, spec: wanted }),
    );
    expect(again.ok && again.plan.cpu.cores).toEqual(expect.arrayContaining([9]));
  });

  it('counts as free what its own guest has in use', () => {
    const { memory } = full;
    const tight = { ...full, memory: { ...memory, availableMib: 100, guestsMib: 0 } };
    const input = { ...inputFor(tight, config), claims: [claim] };
    expect(planPlacement(rebookingInput(input, base)).ok).toBe(false);
    expect(planPlacement(rebookingInput(input, { ...base, residentMib: 4096 })).ok).toBe(true);
  });

  it('holds the larger part of both until it is settled', () => {
    const changed = new ChangedClaims();
    const wanted = { ...claim, cores: [7], memoryMib: 9999, pci: ['0000:01:00.0'] };
    changed.hold('op', wanted);
    const [held] = changed.beside([claim]);
    expect(held).toMatchObject({ memoryMib: 9999, pci: ['0000:01:00.0'] });
    expect(held?.cores).toEqual([...new Set([...claim.cores, 7])].sort((a, b) => a - b));
    const revision = changed.revision();
    changed.release('op');
    expect(changed.beside([claim])).toEqual([claim]);
    expect(changed.revision()).not.toBe(revision);
  });

  it('of devices at one address does not take their twins elsewhere', () => {
    const { pci } = rebookingInput(inputFor(full, config), { ...base, onlyAt: '0000:02:00.0' }).host;
    expect(pci.filter(({ model }) => model === '2489').map(({ address }) => address)).toEqual([
      '0000:02:00.0',
    ]);
  });
});
