import type { Evidence, Facts, Found } from '../analysis.ts';

const architectureNames: Readonly<Record<string, string>> = {
  sparc64: 'SPARC', ppc64: 'POWER', s390x: 'z/Architecture', ia64: 'Itanium', alpha: 'Alpha', mips: 'MIPS', m68k: '68k',
}; // prettier-ignore

/** Whether a Linux host with KVM can have such a machine at all, whatever cards and room it has. */
export function satisfiable(
  { os, arch, gpu }: Facts,
  fallback: Evidence,
): { readonly fact: Found<boolean>; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const because: Evidence[] = [];
  if (os.family.value === 'macos') {
    notes.push(
      "macOS cannot be had here: Apple's licence lets it run on Apple's computers only, and no Linux host with KVM is one.",
    );
    because.push(...os.family.evidence);
  }
  const name = architectureNames[arch?.value ?? ''];
  if (name !== undefined && arch !== undefined) {
    notes.push(
      `It needs a ${name} processor (${arch.value}): KVM runs guests of the host's own architecture only, so a usual Linux host cannot run it.`,
    );
    because.push(...arch.evidence);
  }
  if (gpu.vendors?.value.includes('apple') === true && os.family.value !== 'macos') {
    notes.push("It is made for Apple's GPUs: no Linux host with KVM has one.");
    because.push(...gpu.vendors.evidence);
  }
  const possible = notes.length === 0;
  return {
    fact: { value: possible, confidence: possible ? 0.8 : 0.95, evidence: possible ? [fallback] : because },
    notes,
  };
}
