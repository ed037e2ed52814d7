import { describe, expect, it } from 'vitest';
import { useSoftwareEmulation } from '../../../internal/xml/domain/software-emulation.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';

/** The contract tests start such domains on a real libvirt without KVM. */
function emulated(inner: string, type = 'kvm'): { text: string; changes: readonly string[] } {
  const { document, changes } = useSoftwareEmulation(parseXml(`<domain type="${type}">${inner}</domain>`));
  return { text: serializeXml(document), changes };
}

describe('a domain on a host without KVM', () => {
  it('becomes one of type qemu, and nothing else', () => {
    const inner =
      '<name>a</name><os><type machine="pc-q35-6.2">hvm</type></os><!-- kept --><x:y xmlns:x="urn:x" cpu="1"/>' +
      '<cpu mode="maximum" migratable="on"/><clock><timer name="kvmclock" present="yes"/></clock>';
    expect(emulated(inner)).toEqual({
      text: `<domain type="qemu">${inner}</domain>`,
      changes: [
        'The host has no usable KVM: the domain type "kvm" became "qemu" (emulation in software, much slower).',
      ],
    });
  });

  it('stays what it is when it is no KVM domain', () => {
    const inner = '<cpu mode="host-model"/><features><hyperv/></features>';
    for (const type of ['qemu', 'xen', 'test']) {
      expect(emulated(inner, type)).toEqual({
        text: `<domain type="${type}">${inner}</domain>`,
        changes: [],
      });
    }
  });

  it.each([
    [
      "the host's processor",
      '<cpu mode="host-passthrough" check="none" migratable="on"><topology sockets="1" cores="2" threads="1"/></cpu>',
      '<cpu mode="maximum" check="none" migratable="on"><topology sockets="1" cores="2" threads="1"/></cpu>',
      ['host-passthrough'],
    ],
    [
      "the host's model",
      '<cpu mode="host-model" check="partial"><model fallback="forbid">Haswell</model><vendor>Intel</vendor><feature policy="disable" name="aes"/></cpu>',
      '<cpu mode="maximum" check="none"><feature policy="disable" name="aes"/></cpu>',
      ['host-model', '<model>', '<vendor>', '"partial"'],
    ],
    [
      'a checked model',
      '<cpu mode="custom" match="exact" check="full"><model fallback="forbid">Skylake-Server</model></cpu>',
      '<cpu mode="custom" match="exact" check="none"><model fallback="forbid">Skylake-Server</model></cpu>',
      ['"full"'],
    ],
    [
      'an invariant clock',
      '<cpu mode="maximum"><feature policy="require" name="invtsc"/><feature policy="disable" name="invtsc"/><feature name="invtsc"/></cpu>',
      '<cpu mode="maximum"><feature policy="disable" name="invtsc"/></cpu>',
      ['invtsc', 'invtsc'],
    ],
    [
      'features of KVM',
      '<features><acpi/><kvm><hidden state="on"/></kvm><pvspinlock state="on"/></features>',
      '<features><acpi/></features>',
      ['<kvm>', 'pvspinlock'],
    ],
    [
      'a feature that is off',
      '<features><pvspinlock state="off"/></features>',
      '<features><pvspinlock state="off"/></features>',
      [],
    ],
    [
      'Hyper-V',
      '<features><apic/><hyperv mode="custom"><vpindex state="on"/></hyperv></features>',
      '<features><apic/></features>',
      ['Hyper-V'],
    ],
    [
      'extended interrupts',
      '<devices><iommu model="intel"><driver intremap="on" eim="on"/></iommu></devices>',
      '<devices><iommu model="intel"><driver intremap="on"/></iommu></devices>',
      ['eim'],
    ],
    [
      "QEMU's own switch",
      '<q:commandline xmlns:q="urn:q"><q:arg value="-enable-kvm"/><q:arg value="-s"/></q:commandline>',
      '<q:commandline xmlns:q="urn:q"><q:arg value="-s"/></q:commandline>',
      ['-enable-kvm'],
    ],
  ])('does without %s', (_name, before, after, words) => {
    const { text, changes } = emulated(before);
    expect(text).toBe(`<domain type="qemu">${after}</domain>`);
    expect(changes.length).toBe(words.length + 1);
    words.forEach((word) => {
      expect(changes.filter((change) => change.includes(word)).length).toBeGreaterThan(0);
    });
  });

  it('is not fooled by elements of the same name elsewhere', () => {
    const inner =
      '<metadata><cpu mode="host-passthrough"/><features><kvm/></features></metadata><constructor/><devices><cpu check="full"/></devices>';
    expect(emulated(inner).text).toBe(`<domain type="qemu">${inner}</domain>`);
  });
});
