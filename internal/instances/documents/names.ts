/** A DNS label (RFC 1035, with digits first as RFC 1123 allows). */
const longestLabel = 63;

/**
 * A domain's name for a VM of any name: lower case, letters, digits and dashes. One that is taken, or of which nothing is
 * left, gets the first eight digits of the uuid.
 */
export function domainName(name: string, uuid: string, isTaken: (candidate: string) => boolean): string {
  const label = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestLabel)
    .replace(/-+$/, '');
  if (label !== '' && !isTaken(label)) return label;
  const suffix = uuid.slice(0, 8);
  const stem = (label === '' ? 'vm' : label).slice(0, longestLabel - suffix.length - 1).replace(/-+$/, '');
  const candidate = `${stem}-${suffix}`;
  return isTaken(candidate) ? `vm-${uuid}` : candidate;
}

/** The volume from which the guest of that uuid sets itself up. */
export function seedName(uuid: string): string {
  return `${uuid}-seed.iso`;
}

/** Whose seed a volume of that name is; null: it is none. */
export function uuidOfSeed(name: string): string | null {
  const form = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-seed\.iso$/;
  return form.exec(name)?.[1] ?? null;
}

/** A stable MAC of QEMU's range for the nth interface of a VM, so that it keeps its DHCP lease. */
export function macAddress(uuid: string, index: number): string {
  const digits = uuid.replaceAll('-', '');
  const tail = (Number.parseInt(digits.slice(-6), 16) + index) % 0x1000000;
  const hex = tail.toString(16).padStart(6, '0');
  return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

/** A disk's serial in the guest: at most 20 letters and digits (virtio's limit). */
export function diskSerial(volumeId: string): string {
  return volumeId.replaceAll(/[^A-Za-z0-9_]/g, '').slice(0, 20);
}
