import { defaultKeepalive } from '../../../../internal/libvirt/rpc/keepalive.ts';
import { Session } from '../../../../internal/libvirt/rpc/session.ts';
import { parseUri } from '../../../../internal/libvirt/rpc/transport/uri.ts';

/** A session that no call is made on: to see which calls a part of the client has. */
export function unconnectedSession(): Session {
  return new Session({
    uri: parseUri('test:///default'),
    reconnect: { minMs: 1, maxMs: 1 },
    keepalive: defaultKeepalive,
  });
}
