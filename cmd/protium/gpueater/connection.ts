import { homedir } from 'node:os';
import path from 'node:path';
import { isIP } from 'node:net';
import { Failure } from '../failure.ts';
import { findTarget } from '../guest/find-target.ts';
import { withKnownHosts } from '../guest/known-hosts-file.ts';
import { requireClient } from '../guest/run-client.ts';
import { knownAddressOptions, sshOptions, type SshTarget } from '../guest/ssh-options.ts';
import type { Session } from '../session.ts';
import type { Fields } from './fields.ts';

/** A guest that a form names, and how OpenSSH's programs reach it. */
export interface Connection {
  readonly target: Pick<SshTarget, 'name' | 'address'>;
  /** Options that ssh, scp and sftp share. */
  readonly options: readonly string[];
}

/** What a form says of where to. Pure but for the user's home. */
export interface Destination {
  /** uuid or name; null: only an address is given. */
  readonly instance: string | null;
  readonly address: string | null;
  readonly user: string | null;
  readonly port: number;
  readonly identities: readonly string[];
  /** A file of host keys for an address of no instance; null: those that ssh knows. */
  readonly knownHosts: string | null;
}

/**
 * @param instance what the command line names before the fields
 * @param portFields by which fields sshd's port is given
 * @throws Failure `usage`
 */
export function destinationOf(
  instance: string | null,
  fields: Fields,
  portFields: readonly string[] = ['sshd_port', 'port'],
): Destination {
  const named = instance ?? fields.optional('instance', 'instance_id');
  const address = fields.optional('host', 'ipv4', 'ipv6');
  if (named === null && address === null) {
    throw usage('Say where: the name of an instance, or host=, ipv4= or ipv6=.');
  }
  if (address !== null && isIP(address) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(address)) {
    throw usage(`"${address}" is no address and no host name.`);
  }
  if (fields.optional('private_key') !== null) {
    throw usage(
      'What is on a command line can be read by others: keep the key in a file, private_key_file=.',
    );
  }
  const keyFile = fields.optional('private_key_file');
  const keyName = fields.optional('ssh_key_file_name');
  if (keyName !== null && !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(keyName)) {
    throw usage(`"${keyName}" is no name of a key.`);
  }
  const kept =
    keyName === null ? [] : [path.join(process.env['HOME'] ?? homedir(), '.ssh', `${keyName}.pem`)];
  return {
    instance: named,
    address,
    user: fields.optional('user', 'sshd_user'),
    port: fields.port(...portFields) ?? 22,
    identities: keyFile === null ? kept : [keyFile],
    knownHosts: fields.optional('known_hosts'),
  };
}

/** Finds the guest, and gives `use` the options by which it, and nothing else, is reached. */
export async function withConnection<T>(
  session: Session,
  destination: Destination,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  await requireClient('ssh');
  const { instance, address, user, port, identities } = destination;
  if (instance === null) return use(byAddress(destination));
  const { target, knownHosts } = await findTarget(session, instance, {
    ...(user === null ? {} : { user }),
    ...(address === null ? {} : { address }),
    identity: identities,
    port,
    timeout: waitSeconds,
  });
  const withUser = { ...target, user: target.user ?? 'root' };
  return withKnownHosts(knownHosts, (file) => use({ target, options: sshOptions(withUser, file) }));
}

/** How long a guest's address and its sshd are waited for. */
const waitSeconds = 120;

/** Of an address nobody here has published keys: those that the user trusts already must do. */
function byAddress({ address, user, port, identities, knownHosts }: Destination): Connection {
  const where = address ?? '';
  const options = knownAddressOptions({ port, user: user ?? 'root', identities }, knownHosts);
  return { target: { name: where, address: where }, options };
}

function usage(message: string): Failure {
  return new Failure('usage', message, { exit: 'usage' });
}
