const prefixes = { virtio: 'vd', sata: 'sd', scsi: 'sd', usb: 'sd', ide: 'hd' } as const;

export type DiskBus = keyof typeof prefixes;

/** The first name of a bus's disks that is free: `vda`, `vdb` ... `vdaa`. Pure. */
export function freeTarget(bus: DiskBus, taken: readonly string[]): string {
  const names = new Set(taken);
  for (let index = 0; ; index += 1) {
    const name = prefixes[bus] + letters(index);
    if (!names.has(name)) return name;
  }
}

/** a ... z, aa, ab ... */
export function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}
