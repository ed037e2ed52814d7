import type { Architecture } from '../spec/spec.ts';

const names: Readonly<Record<string, Architecture>> = {
  x86_64: 'X86_64',
  i686: 'X86_32',
  aarch64: 'ARM_8',
  armv7l: 'ARM_7',
  ppc64: 'PPC_64',
  ppc64le: 'PPC_64',
  s390x: 'S390X',
};

/**
 * Elemento's name of an architecture, or null where it has none.
 * @param libvirtArch as libvirt's capabilities write it: `x86_64`
 */
export function architectureOf(libvirtArch: string): Architecture | null {
  return names[libvirtArch] ?? null;
}
