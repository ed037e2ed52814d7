import pRetry from 'p-retry';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';

/** A restart of libvirtd takes a second or two; a service manager starts one that died again at once. */
const patienceMs = 60_000;

/** true when libvirt answers (again); false when it does not within a minute, or `signal` is aborted. */
export async function libvirtReturns(
  client: { readonly host: Pick<LibvirtClient['host'], 'ping'> },
  signal: AbortSignal,
  withinMs = patienceMs,
): Promise<boolean> {
  const options = { retries: Infinity, minTimeout: 250, factor: 1, maxRetryTime: withinMs, signal };
  return pRetry(() => client.host.ping({ deadlineMs: 5000 }), options).then(
    () => true,
    () => false,
  );
}
