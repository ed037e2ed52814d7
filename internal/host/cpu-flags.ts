/** Elemento's names of CPU features that the kernel writes differently; all others differ at most in letter case. */
const kernelNames: Readonly<Record<string, string>> = {
  '3dnow!': '3dnow',
  'e3dnow!': '3dnowext',
  'avx-512': 'avx512f',
  amx: 'amx_tile',
  clmul: 'pclmulqdq',
  emmx: 'mmxext',
  fma3: 'fma',
  prefetch: '3dnowprefetch',
  sha: 'sha_ni',
  sse3: 'pni',
  'sse4.1': 'sse4_1',
  'sse4.2': 'sse4_2',
  tsx: 'rtm',
};

/** Every name that Elemento's pickers offer. Those of them that no kernel knows are met by no host. */
const elementoNames: readonly string[] = (
  '3DNow! ABM ADX AES AMX AVX AVX2 AVX-512 BMI1 BMI2 CLMUL E3DNow! EMMX F16C FMA3 FMA4 FPU MKTME MMX MPX PMEM PREFETCH ' +
  'RdRAND SEV SGX SHA SME SMM SMX SSE SSE2 SSE3 SSE4.1 SSE4.2 SSE4a SSE5 SSSE3 TBM TME TSME TSX XOP'
).split(' ');

/**
 * The kernel's name (as in /proc/cpuinfo) of a feature that a config names, e.g. `pni` for `SSE3`. A name that is not
 * Elemento's is taken for the kernel's own.
 */
export function kernelFlagOf(name: string): string {
  const lower = name.toLowerCase();
  return kernelNames[lower] ?? lower;
}

/** The features of a host by Elemento's names, sorted; what Elemento has no name for is left out. */
export function elementoFlagsOf(kernelFlags: readonly string[]): readonly string[] {
  const present = new Set(kernelFlags);
  return elementoNames.filter((name) => present.has(kernelFlagOf(name))).sort();
}
