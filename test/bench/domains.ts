import type { LibvirtClient } from '../../internal/libvirt/client.ts';

/** A small domain that is defined and never started. */
export function domainXml(name: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
<devices><serial type='pty'/><memballoon model='none'/></devices></domain>`;
}

/** Defines bench-0001, bench-0002 … until there are `count`. */
export async function defineDomains(client: LibvirtClient, count: number): Promise<void> {
  const have = (await client.domains.list()).length;
  const missing = Array.from({ length: Math.max(0, count - have) }, (_, i) => have + i + 1);
  for (const number of missing)
    await client.domains.define(domainXml(`bench-${String(number).padStart(4, '0')}`));
}
