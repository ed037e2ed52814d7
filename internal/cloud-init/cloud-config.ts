import type { GuestSetup } from '../spec/spec.ts';

/** A host key of sshd, made for one guest. */
export interface HostKey {
  readonly type: 'ed25519' | 'ecdsa';
  /** OpenSSH's formats. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** What a guest is to be, secrets included. */
export interface GuestWishes {
  readonly hostname: string;
  /** Who logs in where no user was named; null for the shell: the system's own choice. */
  readonly login: { readonly user: string; readonly shell: string | null };
  readonly setup: Pick<GuestSetup, 'username' | 'sshKeys'>;
  /** In crypt(5)'s form; null: no password. */
  readonly passwordHash: string | null;
  readonly hostKeys: readonly HostKey[];
  /** The package of qemu-guest-agent that is to be installed; null: none. */
  readonly agentPackage: string | null;
}

/** What a cloud-config is made of, as far as we write any. */
export type Plain =
  string | boolean | readonly Plain[] | { readonly [key: string]: Plain | undefined } | undefined;

/** Our own part of a guest's cloud-config. */
export function ourCloudConfig(wishes: GuestWishes): Readonly<Record<string, Plain>> {
  const { hostname, hostKeys, agentPackage } = wishes;
  return {
    hostname,
    ...userOf(wishes),
    ...(hostKeys.length === 0 ? {} : { ssh_keys: sshKeysOf(hostKeys) }),
    ...(agentPackage === null ? {} : { packages: [agentPackage], runcmd: [startAgent] }),
  };
}

function userOf({ setup, login, passwordHash }: GuestWishes): Readonly<Record<string, Plain>> {
  const { username, sshKeys } = setup;
  if (username === null && passwordHash === null && sshKeys.length === 0) return {};
  const name = username ?? login.user;
  const isRoot = name === 'root';
  const user = {
    name,
    lock_passwd: passwordHash === null,
    // Unlike passwd, it also counts for a user that the image has already.
    hashed_passwd: passwordHash ?? undefined,
    ssh_authorized_keys: sshKeys.length === 0 ? undefined : sshKeys,
    sudo: isRoot ? undefined : 'ALL=(ALL) NOPASSWD:ALL',
    shell: isRoot ? undefined : (login.shell ?? undefined),
  };
  return {
    users: [user],
    ...(isRoot ? { disable_root: false } : {}),
    // Without a key there would be no way in by ssh.
    ...(passwordHash !== null && sshKeys.length === 0 ? { ssh_pwauth: true } : {}),
  };
}

function sshKeysOf(hostKeys: readonly HostKey[]): Plain {
  return Object.fromEntries(
    hostKeys.flatMap(({ type, privateKey, publicKey }) => [
      [`${type}_private`, privateKey],
      [`${type}_public`, publicKey],
    ]),
  );
}

/** Where a package's installation does not start it: systemd's distributions, then OpenRC's. */
const startAgent = [
  'sh',
  '-c',
  'systemctl start qemu-guest-agent || { rc-update add qemu-guest-agent && rc-service qemu-guest-agent start; } || true',
];
