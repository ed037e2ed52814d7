import { z } from 'zod';
import { ProtiumError } from '../../errors/protium-error.ts';
import { architectures, osFamilies, type Analysis } from '../analysis.ts';

const line = z.string().max(1000);
const evidence = z.object({
  file: line,
  line: z.number().int().min(0).max(1e9),
  quote: z.string().max(400),
  rule: z.string().max(100),
});

function found<T extends z.ZodType>(value: T) {
  return z.object({ value, confidence: z.number().min(0).max(1), evidence: z.array(evidence).max(100) });
}

const words = z.array(line).max(200);
const count = found(z.number().min(0).max(1e6));
const text = found(line);
const pciIds = found(z.array(z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/)).max(1000));

const facts = z.object({
  gpu: z.object({
    need: found(z.enum(['required', 'recommended', 'optional', 'none'])),
    vendors: found(z.array(z.enum(['nvidia', 'amd', 'intel', 'apple'])).max(4)).optional(),
    count_min: count.optional(),
    vram_gb_min: count.optional(),
    compute_capability_min: text.optional(),
    named: found(words).optional(),
    named_binding: found(z.enum(['floor', 'exact', 'example', 'class'])).optional(),
    pci_any_of: pciIds.optional(),
    pci_mobile_variants: pciIds.optional(),
    named_not_in_pci_ids: found(words).optional(),
    pci_none_of: pciIds.optional(),
    vendors_none_of: found(z.array(z.enum(['nvidia', 'amd', 'intel', 'apple'])).max(4)).optional(),
  }),
  cuda: z.object({
    needed: found(z.boolean()),
    version_min: text.optional(),
    driver_min: text.optional(),
    toolkit_in_guest: found(z.boolean()).optional(),
  }),
  cpu_cores: count.optional(),
  ram_gb: count.optional(),
  disk_gb: count.optional(),
  os: z.object({
    family: found(z.enum(osFamilies)),
    flavour: text.optional(),
    version: text.optional(),
  }),
  arch: found(z.enum(architectures)).optional(),
  flags: found(words).optional(),
  flags_optional: found(words).optional(),
  req_ecc: found(z.boolean()).optional(),
  runtime: z.record(line, text),
  special: found(words).optional(),
  satisfiable_on_linux_kvm_host: found(z.boolean()).optional(),
});

const number = z.number().min(0).max(1e6).nullable();
const requirement = z.object({
  cpu_cores: number,
  ram_gb: number,
  gpu_required: z.boolean(),
  gpu_memory_gb: number,
  disk_gb: number,
  os_type: line.nullable(),
  os_version: line.nullable(),
  cuda_required: z.boolean(),
  python_version: line.nullable(),
  special_requirements: words,
});

const analysis = z.object({ requirement, facts, notes: z.array(z.string().max(2000)).max(500) });

/** Far more than any analysis needs. */
const mostBytes = 1024 * 1024;

/** An analysis that came from outside. @throws ProtiumError `argument-invalid` */
export function readAnalysis(value: unknown): Analysis {
  if (JSON.stringify(value ?? null).length > mostBytes) {
    throw new ProtiumError('argument-invalid', 'The analysis has more than 1 MiB.', {
      details: { field: 'analysis' },
    });
  }
  const read = analysis.safeParse(value);
  // Absent members are left out by the schema, not set to undefined.
  if (read.success) return read.data as Analysis;
  const [first] = read.error.issues;
  const place = ['analysis', ...(first?.path ?? [])].map(String).join('.');
  throw new ProtiumError('argument-invalid', `${place}: ${first?.message ?? 'it is no analysis'}.`, {
    details: { field: place },
  });
}
