import { connect } from 'node:net';
import { isLoopback } from '../../../internal/identity/local/local-peers.ts';
import { Failure } from '../failure.ts';
import type { Address } from './daemon.ts';
import type { Login, Logins } from './logins.ts';
import { targetOf } from './target.ts';

/** What the command line and the environment say of where and as whom to call. */
export interface Wishes {
  readonly address: string | undefined;
  readonly ca: string | undefined;
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly certKey: string | undefined;
  /** Tokens may go over a network as plain text. */
  readonly allowInsecure: boolean;
}

/** Where the daemon of this machine listens without being told. */
export const localAddress = '127.0.0.1:7001';
export const localSocket = '/run/protium/protium-grpc.sock';

/**
 * Where to call, and with what: what was asked for, else what `protium login` keeps, else the daemon of this machine, by its
 * Unix socket where it has one. A login's token goes nowhere but where it was made for.
 *
 * @param hasSocket whether a daemon listens at the path
 * @throws Failure `usage` for a token that would cross a network as plain text
 */
export async function chooseAddress(
  wishes: Wishes,
  { current, logins }: Logins,
  hasSocket: (path: string) => Promise<boolean> = listens,
): Promise<Address> {
  const named = wishes.address ?? current;
  const address = named ?? ((await hasSocket(localSocket)) ? `unix:${localSocket}` : localAddress);
  const login: Login | undefined = logins[address];
  const caFile = wishes.ca ?? login?.ca;
  const token = wishes.token ?? (wishes.cert === undefined ? login?.token : undefined);
  if (token !== undefined && caFile === undefined && !isLocal(address) && !wishes.allowInsecure) {
    throw new Failure(
      'usage',
      `A token would go to ${address} as plain text. Use TLS (--ca FILE), or set PROTIUM_ALLOW_INSECURE_REMOTE=1 to accept that.`,
      { exit: 'usage' },
    );
  }
  if ((wishes.cert === undefined) !== (wishes.certKey === undefined)) {
    throw new Failure('usage', 'A client certificate needs its key: give both --cert and --cert-key.', {
      exit: 'usage',
    });
  }
  return { address, caFile, token, certFile: wishes.cert, keyFile: wishes.certKey };
}

/** Whether what is sent there stays on this machine. */
export function isLocal(address: string): boolean {
  const target = targetOf(address);
  if (target.startsWith('unix:')) return true;
  const host = target.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || isLoopback(host);
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
