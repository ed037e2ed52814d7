/** What virt-sysprep removes: what belongs to one machine. Never the accounts of users, and of their files only these. */
export const cleanOperations = [
  'abrt-data',
  'bash-history',
  'blkid-tab',
  'crash-data',
  'dhcp-client-state',
  'dhcp-server-state',
  'kerberos-hostkeytab',
  'logfiles',
  'machine-id',
  'mail-spool',
  'net-hostname',
  'net-hwaddr',
  'pacct-log',
  'package-manager-cache',
  'passwd-backups',
  'rh-subscription-manager',
  'rhn-systemid',
  'ssh-hostkeys',
  'ssh-userdir',
  'tmp-files',
  'udev-persistent-net',
  'utmp',
  'yum-uuid',
  'customize',
] as const;

/** It has no operation for cloud-init: by this, cloud-init takes the next VM for a new one. What the user seeded stays. */
const cloudInitState = ['data', 'instance', 'instances', 'sem'].map((name) => `/var/lib/cloud/${name}`);
const cloudInitLogs = '/var/log/cloud-init*.log';
/** `customize` gives a guest an id where it has none, which all VMs would share: empty, systemd makes one in each. */
const noMachineId = ['--write', '/etc/machine-id:'];

/**
 * How virt-sysprep is run over a disk, and told to end with this process.
 *
 * @param file an absolute path of a qcow2 image
 */
export function sysprepCommand(file: string): { readonly file: string; readonly args: readonly string[] } {
  const deletions = [...cloudInitState, cloudInitLogs].flatMap((name) => ['--delete', name]);
  return {
    file: 'setpriv',
    args: [
      '--pdeathsig=KILL',
      'virt-sysprep',
      '--no-network',
      `--operations=${cleanOperations.join(',')}`,
      ...deletions,
      ...noMachineId,
      '--format=qcow2',
      `--add=${file}`,
    ],
  };
}

/** Where libguestfs writes. */
export interface CleanPlaces {
  /** Of the operation's own. */
  readonly temporary: string;
  /** Its appliance, which is made once and then used by all. */
  readonly appliance: string;
}

/** What is set in its environment, beside what the daemon has. */
export function sysprepEnvironment(places: CleanPlaces): Readonly<Record<string, string>> {
  const { temporary, appliance } = places;
  return {
    // The lines that it fails with are read.
    LC_ALL: 'C',
    // By libvirt, the file would have to be given to another user first.
    LIBGUESTFS_BACKEND: 'direct',
    LIBGUESTFS_CACHEDIR: appliance,
    LIBGUESTFS_TMPDIR: temporary,
    TMPDIR: temporary,
  };
}

/**
 * What one of its lines says of its progress, e.g. `[  12.3] Performing "logfiles" ...`; null: nothing.
 *
 * @returns fraction: 0 to 1
 */
export function sysprepProgress(
  line: string,
): { readonly fraction: number; readonly message: string } | null {
  const said = /^\[\s*[\d.]+\]\s+(.*?)(?:\s*\.\.\.)?$/.exec(line)?.[1];
  if (said === undefined) return null;
  const operation = /^Performing "([^"]+)"/.exec(said)?.[1];
  const place = cleanOperations.findIndex((name) => name === operation);
  return { fraction: (place + 1) / (cleanOperations.length + 1), message: said };
}
