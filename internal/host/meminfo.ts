/** A value of /proc/meminfo or of a node's meminfo, in MiB; null: there is no such line. */
export function meminfoMib(info: string | null, key: 'MemTotal' | 'MemFree' | 'MemAvailable'): number | null {
  const [, kib] = new RegExp(`^(?:Node \\d+ )?${key}:\\s+(\\d{1,15}) kB$`, 'm').exec(info ?? '') ?? [];
  return kib === undefined ? null : Math.floor(Number(kib) / 1024);
}
