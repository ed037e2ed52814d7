import { isIP } from 'node:net';
import {
  InstancesServiceService,
  type Instance,
} from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { DomainState } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { awaitInstance } from './await-guest.ts';
import { awaitPort } from './await-port.ts';
import { knownHosts, type SshTarget } from './ssh-options.ts';

export interface TargetOptions {
  readonly user?: string;
  readonly identity: readonly string[];
  readonly port: number;
  /** Where it is reached, e.g. a floating address; absent: at one of its own. */
  readonly address?: string;
  /** In seconds. */
  readonly timeout: number;
}

/** Where a guest is reached, once it is: its address is waited for, and its port. */
export async function findTarget(
  session: Pick<Session, 'daemon'>,
  name: string,
  { user, identity, port, address: given, timeout }: TargetOptions,
): Promise<{ readonly target: SshTarget; readonly knownHosts: string }> {
  const deadline = Date.now() + timeout * 1000;
  const { instance: before } = await session.daemon.call(InstancesServiceService.getInstance, {
    instance: name,
  });
  if (before !== undefined) requireReachable(before, user);
  const instance =
    given === undefined || before === undefined
      ? await awaitInstance(session, name, 'address', deadline)
      : before;
  const own = instance.addresses.map(({ address }) => address).filter((address) => isIP(address) !== 0);
  const addresses = given === undefined ? own : [given];
  const address = await awaitPort(instance.name, addresses, port, deadline);
  const { uuid, sshHostKeys } = instance;
  return {
    target: {
      name: instance.name,
      uuid,
      address,
      port,
      user: user ?? instance.loginUser,
      identities: identity,
    },
    knownHosts: knownHosts(uuid, sshHostKeys),
  };
}

/** The only instance that there is, for who names none. */
export async function onlyInstance({ daemon }: Pick<Session, 'daemon'>): Promise<string> {
  const { instances } = await daemon.call(InstancesServiceService.listInstances, {
    owner: '',
    states: [],
    tags: [],
    pageSize: 10,
    pageToken: '',
  });
  const [only, second] = instances;
  if (only !== undefined && second === undefined) return only.name;
  const names = instances.map(({ name }) => name).join(', ');
  const message = only === undefined ? 'There is no instance.' : `Which one? There are ${names}.`;
  throw new Failure('usage', message, { exit: only === undefined ? 'notFound' : 'usage' });
}

function requireReachable(
  { name, state, sshHostKeys, addresses, loginUser, networks }: Instance,
  user?: string,
): void {
  const refuse = (message: string): Failure => new Failure('state-conflict', message, { exit: 'refused' });
  if (state === DomainState.DOMAIN_STATE_SHUTOFF) {
    throw refuse(`${name} is off. Start it: protium start ${name}`);
  }
  if (networks.length === 0) throw refuse(`${name} has no network: nothing reaches it by ssh.`);
  if (sshHostKeys.length > 0) return;
  const who = user ?? loginUser;
  const place = `${who === undefined ? '' : `${who}@`}${addresses[0]?.address ?? 'ADDRESS'}`;
  throw refuse(
    `The host keys of ${name} are not known, so nobody can tell whether it is the one that answers: it was made without ` +
      `user, key and user-data, or its user-data has keys of its own. To trust whatever answers: ssh ${place}`,
  );
}
