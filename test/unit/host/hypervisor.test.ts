import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readHypervisor } from '../../../internal/host/hypervisor.ts';
import { hostCalls } from './host-calls.ts';
import { machineOf } from './machine.ts';

const documents = path.join(import.meta.dirname, '../xml/documents');
const read = (name: string) => readFile(path.join(documents, name), 'utf8');

async function facts(change: {
  readonly capabilities?: (text: string) => string;
  readonly domain?: (text: string) => string;
}) {
  const { capabilities = String, domain = String } = change;
  const host = hostCalls({
    capabilities: capabilities(await read('capabilities.xml')),
    domainCapabilities: domain(await read('domain-capabilities.xml')),
  });
  return readHypervisor({ host }, machineOf({}));
}

it('what libvirt tells', async () => {
  expect(await facts({})).toMatchObject({
    domainType: 'qemu',
    arch: 'x86_64',
    libvirtVersion: 9_000_000,
    uefi: true,
    secureBoot: true,
    tpm: true,
  });
});

it('KVM where it is offered', async () => {
  const capabilities = (text: string) => text.replaceAll("<domain type='qemu'/>", "<domain type='kvm'/>");
  expect((await facts({ capabilities })).domainType).toBe('kvm');
});

it.each([
  ['no UEFI', /<value>efi<\/value>/, { uefi: false, secureBoot: false }],
  ['no firmware that enforces', /<enum name='secure'>[^]*?<\/enum>/, { uefi: true, secureBoot: false }],
  ['no swtpm', /<value>emulator<\/value>/, { tpm: false }],
])('%s', async (_name, gone, expected) => {
  expect(await facts({ domain: (text) => text.replace(gone, '') })).toMatchObject(expected);
});

it('other architectures are those that Elemento has a name for', async () => {
  const guest = (arch: string) =>
    `<guest><os_type>hvm</os_type><arch name='${arch}'><domain type='qemu'/></arch></guest>`;
  const capabilities = (text: string) =>
    text.replace(
      '</capabilities>',
      `${['riscv64', 'aarch64', 'aarch64'].map(guest).join('')}</capabilities>`,
    );
  const { otherArchs } = await facts({ capabilities });
  expect(otherArchs).toContain('ARM_8');
  expect(otherArchs).not.toContain('X86_64');
  expect(new Set(otherArchs).size).toBe(otherArchs.length);
});
