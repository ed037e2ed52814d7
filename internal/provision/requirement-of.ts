import type { Facts, Requirement } from './analysis.ts';

/** The ten fields of EnvAgent's provision tool, of the facts; null where nothing is known. */
export function requirementOf({
  gpu,
  cuda,
  cpu_cores,
  ram_gb,
  disk_gb,
  os,
  runtime,
  special,
}: Facts): Requirement {
  const flavour = os.flavour?.value;
  const named = flavour === undefined ? null : /^([a-z-]+)/.exec(flavour)?.[1];
  return {
    cpu_cores: cpu_cores?.value ?? null,
    ram_gb: ram_gb?.value ?? null,
    gpu_required: gpu.need.value === 'required',
    gpu_memory_gb: gpu.vram_gb_min?.value ?? null,
    disk_gb: disk_gb?.value ?? null,
    os_type: named ?? (os.family.value === 'linux' ? null : os.family.value),
    os_version: os.version?.value ?? null,
    cuda_required: cuda.needed.value,
    python_version: runtime['python']?.value ?? null,
    special_requirements: special?.value ?? [],
  };
}
