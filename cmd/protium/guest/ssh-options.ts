import { Failure } from '../failure.ts';

/** Where a guest is to be reached by ssh, and by what it is known. */
export interface SshTarget {
  /** For people. */
  readonly name: string;
  readonly uuid: string;
  readonly address: string;
  readonly port: number;
  /** Who logs in; undefined: ssh decides. */
  readonly user: string | undefined;
  /** Private keys to log in with; empty: ssh decides. */
  readonly identities: readonly string[];
}

const userPattern = /^[A-Za-z_][A-Za-z0-9._-]{0,31}\$?$/;

/** What known_hosts has of a guest: it is known by its uuid, as another one may have its address tomorrow. */
export function knownHosts(uuid: string, hostKeys: readonly string[]): string {
  return hostKeys.map((key) => `${uuid} ${key}\n`).join('');
}

/** Options that ssh and scp share: nothing but the guest's own keys is taken for it. */
export function sshOptions(target: SshTarget, knownHostsFile: string): readonly string[] {
  const options = [
    `UserKnownHostsFile=${configPath(knownHostsFile)}`,
    'GlobalKnownHostsFile=none',
    'StrictHostKeyChecking=yes',
    `HostKeyAlias=${target.uuid}`,
    'UpdateHostKeys=no',
  ];
  return [...options.flatMap((option) => ['-o', option]), ...loginOptions(target)];
}

/**
 * The same for an address of which nothing is published: it must be known already.
 *
 * @param knownHostsFile null: those that ssh itself knows
 */
export function knownAddressOptions(
  target: Pick<SshTarget, 'port' | 'user' | 'identities'>,
  knownHostsFile: string | null,
): readonly string[] {
  const file = knownHostsFile === null ? [] : [`UserKnownHostsFile=${configPath(knownHostsFile)}`];
  const options = [...file, 'StrictHostKeyChecking=yes'];
  return [...options.flatMap((option) => ['-o', option]), ...loginOptions(target)];
}

function loginOptions({ port, user, identities }: Pick<SshTarget, 'port' | 'user' | 'identities'>) {
  if (user !== undefined && !userPattern.test(user)) {
    throw new Failure('usage', `"${user}" is no name of a user: give one by --user.`, { exit: 'usage' });
  }
  const options = [
    `Port=${port}`,
    ...(user === undefined ? [] : [`User=${user}`]),
    ...identities.map((file) => `IdentityFile=${configPath(file)}`),
  ];
  return options.flatMap((option) => ['-o', option]);
}

/** The arguments of ssh. */
export function sshArguments(
  target: SshTarget,
  knownHostsFile: string,
  command: readonly string[],
): readonly string[] {
  return [...sshOptions(target, knownHostsFile), target.address, ...command];
}

/** A place in a guest, as scp takes it. */
export function remotePlace({ address }: Pick<SshTarget, 'address'>, place: string): string {
  return `${bracketed(address)}:${place}`;
}

/** An address as scp and sftp take it. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** As ssh's configuration has it: blanks end a path, and % begins a token. */
function configPath(file: string): string {
  return `"${file.replaceAll('%', '%%')}"`;
}

/** A command line that a shell understands. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9@%+=:,./_-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
