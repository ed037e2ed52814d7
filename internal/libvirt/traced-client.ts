import { SpanKind } from '@opentelemetry/api';
import { isTraced, withSpan } from '../observability/tracing.ts';
import type { LibvirtClient } from './client.ts';
import { LibvirtError } from './error.ts';

/**
 * The same client; each call is a span of the trace that its caller is in, e.g. `libvirt domains.define`. What is called
 * outside of a trace makes no span.
 *
 * Around the client, not in a driver: answers come from a socket, where nothing tells whose call it was.
 */
export function tracedClient(client: LibvirtClient): LibvirtClient {
  return {
    ...client,
    host: traced('host', client.host),
    domains: traced('domains', client.domains),
    snapshots: traced('snapshots', client.snapshots),
    pools: traced('pools', client.pools),
    volumes: traced('volumes', client.volumes),
    networks: traced('networks', client.networks),
    nodeDevices: traced('nodeDevices', client.nodeDevices),
    secrets: traced('secrets', client.secrets),
    nwfilters: traced('nwfilters', client.nwfilters),
  };
}

/** @param calls an object whose functions all return promises. */
function traced<Calls extends object>(group: string, calls: Calls): Calls {
  return new Proxy(calls, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) => {
        const call = () => Reflect.apply(member, target, values) as Promise<unknown>;
        return isTraced() ? inSpan(`${group}.${String(key)}`, call) : call();
      };
    },
  });
}

function inSpan(name: string, call: () => Promise<unknown>): Promise<unknown> {
  return withSpan(
    `libvirt ${name}`,
    {},
    async (span) => {
      try {
        return await call();
      } catch (error) {
        if (error instanceof LibvirtError) span.setAttribute('libvirt.error_code', error.code);
        throw error;
      }
    },
    SpanKind.CLIENT,
  );
}
