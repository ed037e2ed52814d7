import type { TypedParameters } from '../libvirt/objects.ts';

/** What a guest's agent tells of it; null: it does not say. */
export interface GuestFacts {
  readonly hostname: string | null;
  readonly os: Readonly<Record<OsField, string | null>>;
  readonly timeZone: string | null;
  readonly filesystems: readonly GuestFilesystem[];
}

export interface GuestFilesystem {
  readonly name: string;
  readonly mountpoint: string;
  readonly type: string;
  readonly totalBytes: bigint | null;
  readonly usedBytes: bigint | null;
  /** Targets of the domain's disks, e.g. `vda`. */
  readonly disks: readonly string[];
}

const osFields = {
  id: 'os.id',
  name: 'os.name',
  prettyName: 'os.pretty-name',
  version: 'os.version',
  versionId: 'os.version-id',
  kernelRelease: 'os.kernel-release',
  kernelVersion: 'os.kernel-version',
  machine: 'os.machine',
} as const;
type OsField = keyof typeof osFields;

/** More than any guest has: the count comes from the guest. */
const mostFilesystems = 4096;

/** From the answer to virDomainGetGuestInfo. Pure. */
export function guestFacts(parameters: TypedParameters): GuestFacts {
  const text = (key: string): string | null => {
    const value = parameters[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const whole = (key: string): bigint | null => {
    const value = parameters[key];
    if (typeof value === 'bigint') return value;
    // A guest may say anything: a number beyond all has no whole part.
    return typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  };
  const indexes = (key: string): readonly number[] => {
    const count = Number(whole(key) ?? 0n);
    return Array.from({ length: Math.min(Math.max(count, 0), mostFilesystems) }, (_, index) => index);
  };
  const os = Object.fromEntries(Object.entries(osFields).map(([field, key]) => [field, text(key)]));
  return {
    hostname: text('hostname'),
    os: os as Record<OsField, string | null>,
    timeZone: text('timezone.name'),
    filesystems: indexes('fs.count').map((index) => {
      const at = `fs.${index}`;
      return {
        name: text(`${at}.name`) ?? '',
        mountpoint: text(`${at}.mountpoint`) ?? '',
        type: text(`${at}.fstype`) ?? '',
        totalBytes: whole(`${at}.total-bytes`),
        usedBytes: whole(`${at}.used-bytes`),
        disks: indexes(`${at}.disk.count`).flatMap((disk) => text(`${at}.disk.${disk}.alias`) ?? []),
      };
    }),
  };
}
