/** What /proc/cpuinfo says of the first processor; architectures use different words. */
export interface Cpuinfo {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly flags: readonly string[];
  /** Frequency at the time of reading. */
  readonly presentMhz: number | null;
}

/** Reads the text of /proc/cpuinfo: x86, arm64 (`Features`), POWER (`cpu`, `clock`), s390 (`features`). */
export function parseCpuinfo(text: string): Cpuinfo {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = line.slice(0, colon).trim();
    // The keys repeat for every processor: the first counts.
    if (key === 'processor' && values.has('processor')) break;
    if (!values.has(key)) values.set(key, line.slice(colon + 1).trim());
  }
  const first = (...keys: readonly string[]): string | null => {
    for (const key of keys) {
      const value = values.get(key);
      if (value !== undefined && value !== '') return value;
    }
    return null;
  };
  const frequency = Number.parseFloat(first('cpu MHz', 'clock') ?? '');
  return {
    vendor: first('vendor_id'),
    model: first('model name', 'cpu'),
    flags: (first('flags', 'Features', 'features') ?? '').split(/\s+/).filter((flag) => flag !== ''),
    presentMhz: Number.isFinite(frequency) && frequency > 0 ? Math.round(frequency) : null,
  };
}
