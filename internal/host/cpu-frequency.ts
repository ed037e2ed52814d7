import type { Cpuinfo } from './cpuinfo.ts';
import { cpuDirectory } from './cpu-topology.ts';
import type { CoreFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { numberIn } from './numbers.ts';

/**
 * The frequency in MHz that all cores reach together and for long: the lowest of the cores' base frequencies. Where the
 * kernel tells no base frequency: the one in the model's name, the highest, the present one; null: nothing tells.
 */
export function readFrequency(
  files: MachineFiles,
  { model, presentMhz }: Pick<Cpuinfo, 'model' | 'presentMhz'>,
  cores: readonly CoreFacts[],
): number | null {
  const bases = cores.flatMap(({ id }) => baseMhz(files, id) ?? []);
  if (bases.length > 0) return Math.min(...bases);
  const [, named] = /@\s*(\d{1,2}(?:\.\d{1,4})?)\s*GHz/.exec(model ?? '') ?? [];
  if (named !== undefined) return Math.round(Number(named) * 1000);
  const highest = cores.flatMap(
    ({ id }) => positive(numberIn(files, `${cpuDirectory}/cpu${id}/cpufreq/cpuinfo_max_freq`)) ?? [],
  );
  if (highest.length > 0) return Math.round(Math.min(...highest) / 1000);
  return presentMhz;
}

/** Without turbo: Intel's drivers tell it in kHz, the firmware's CPPC table in MHz, acpi-cpufreq as the first of a list. */
function baseMhz(files: MachineFiles, cpu: number): number | null {
  const at = `${cpuDirectory}/cpu${cpu}`;
  const base = positive(numberIn(files, `${at}/cpufreq/base_frequency`));
  if (base !== null) return Math.round(base / 1000);
  const nominal = positive(numberIn(files, `${at}/acpi_cppc/nominal_freq`));
  if (nominal !== null) return nominal;
  const steps = (files.text(`${at}/cpufreq/scaling_available_frequencies`) ?? '')
    .split(/\s+/)
    .map(Number)
    .filter((step) => step > 0);
  return steps.length === 0 ? null : Math.round(Math.max(...steps) / 1000);
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
