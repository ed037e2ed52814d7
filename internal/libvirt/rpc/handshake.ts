import { LibvirtConnectionError } from '../error.ts';
import { makeCall, type CallSurroundings } from './call.ts';
import { Connection } from './connection.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { openTransport } from './transport/open.ts';
import type { LibvirtUri } from './transport/uri.ts';
import { connect, feature } from './wire/procedures/connect.ts';
import type { Procedure } from './wire/procedure.ts';

const authentication = { none: 0, sasl: 1, polkit: 2 } as const;
const openDeadlineMs = 30_000;

export interface OpenOptions {
  readonly uri: LibvirtUri;
  /** null: neither side sends pings. */
  readonly keepalive: KeepaliveOptions | null;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
  readonly surroundings: CallSurroundings;
}

/** A call outside the queue, on this very connection. */
export function callOn<A, R>(
  connection: Connection,
  procedure: Procedure<A, R>,
  values: A,
  surroundings: CallSurroundings,
): Promise<R> {
  const { deadlines } = surroundings;
  return makeCall('connect', procedure, values, { deadlines }, { deadlineMs: openDeadlineMs }, (call) => {
    connection.send(call);
  });
}

/**
 * A connection on which calls can be made: transport, authentication, keepalive, and the driver's URI opened. Rejects
 * with LibvirtConnectionError, or with LibvirtError if libvirt refused it.
 */
export async function openConnection(options: OpenOptions): Promise<Connection> {
  const giving = new AbortController();
  const giveUp = (): void => giving.abort();
  const timer = setTimeout(giveUp, openDeadlineMs);
  options.signal.addEventListener('abort', giveUp, { once: true });
  if (options.signal.aborted) giveUp();
  try {
    return await openUntil(giving.signal, options);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', giveUp);
  }
}

async function openUntil(giveUp: AbortSignal, options: OpenOptions): Promise<Connection> {
  const connection = new Connection(await openTransport(options.uri, giveUp));
  const keepalive = new Keepalive(connection);
  connection.receiver = {
    keepalive: (procedure) => keepalive.received(procedure),
    heard: () => keepalive.heard(),
    lost: () => keepalive.stop(),
  };
  const end = (): void =>
    connection.destroy(
      new LibvirtConnectionError('the connection to libvirt was given up while it was opened'),
    );
  giveUp.addEventListener('abort', end, { once: true });
  try {
    await authenticate(connection, options.surroundings);
    const ask = <A, R>(procedure: Procedure<A, R>, values: A): Promise<R> =>
      callOn(connection, procedure, values, options.surroundings);
    const [supported] = await Promise.all([
      options.keepalive === null
        ? { supported: false }
        : ask(connect.supportsFeature, { feature: feature.programKeepalive }),
      ask(connect.open, { name: options.uri.driverUri, flags: 0 }),
    ]);
    if (options.keepalive !== null && supported.supported) keepalive.start(options.keepalive);
    if (giveUp.aborted) end();
    if (connection.ended) throw connection.ended;
    return connection;
  } catch (error) {
    connection.destroy(new LibvirtConnectionError('the connection to libvirt could not be opened'));
    throw error;
  } finally {
    giveUp.removeEventListener('abort', end);
  }
}

async function authenticate(connection: Connection, surroundings: CallSurroundings): Promise<void> {
  const { types } = await callOn(connection, connect.authList, {}, surroundings);
  if (types.length === 0 || types.includes(authentication.none)) return;
  if (types.includes(authentication.polkit)) {
    await callOn(connection, connect.authPolkit, {}, surroundings);
    return;
  }
  const wanted = types.map((type) => (type === authentication.sasl ? 'SASL' : `kind ${type}`)).join(', ');
  throw new LibvirtConnectionError(
    `libvirt asks for authentication by ${wanted}, which this driver does not do: ` +
      'use a unix socket, ssh, or TLS with client certificates',
  );
}
