import { setTimeout as delay } from 'node:timers/promises';
import { ProtiumError } from '../errors/protium-error.ts';
import { findDomain } from '../instances/lifecycle/find-domain.ts';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError } from '../libvirt/error.ts';
import { settlement, type Presence } from './settlement.ts';

const lookEveryMs = 200;

/** Ends what libvirt still does to send the VM away, and waits for that; does nothing where it does nothing. */
export async function endJob(client: LibvirtClient, uuid: string): Promise<void> {
  for (;;) {
    const domain = await findDomain(client, uuid);
    if (domain === null) return;
    if (domain.id === null) return;
    const { type } = await client.domains.jobStats(domain);
    if (type !== 'bounded' && type !== 'unbounded') return;
    // At its very end it can no longer be given up: then it is waited for.
    await client.domains.abortJob(domain).catch(() => undefined);
    await delay(lookEveryMs);
  }
}

/**
 * Brings a move to one of its two ends, once libvirt no longer works on it: the VM runs there and nothing is left of it here, or it
 * is here and nothing is left of it there (but for volumes). May be called again and again.
 *
 * @throws ProtiumError `libvirt-unavailable` where nobody can tell which: nothing was touched then
 */
export async function settleMove(
  client: LibvirtClient,
  there: LibvirtClient,
  uuid: string,
): Promise<'moved' | 'stayed'> {
  const settled = settlement(await presence(client, uuid), await presence(there, uuid));
  switch (settled.outcome) {
    case 'unknown':
      throw new ProtiumError(
        'libvirt-unavailable',
        `It cannot be told on which host the VM is: ${settled.why}. Nothing is touched until both hosts answer.`,
        { details: { uuid } },
      );
    case 'moved':
      if (settled.removeHere) await removeDomain(client, uuid);
      if (settled.resumeThere) await resume(there, uuid);
      return 'moved';
    case 'stayed':
      if (settled.removeThere) await removeDomain(there, uuid);
      if (settled.resumeHere) await resume(client, uuid);
      return 'stayed';
  }
}

async function presence(client: LibvirtClient, uuid: string): Promise<Presence> {
  try {
    const domain = await findDomain(client, uuid);
    if (domain === null) return 'absent';
    const { state } = await client.domains.state(domain);
    switch (state) {
      case 'running':
      case 'blocked':
      case 'shutdown':
      case 'pmsuspended':
        return 'running';
      case 'paused':
        return 'paused';
      default:
        return 'off';
    }
  } catch (error) {
    if (error instanceof LibvirtError && error.code === virError.noDomain) return 'absent';
    return 'unknown';
  }
}

async function resume(client: LibvirtClient, uuid: string): Promise<void> {
  const domain = await client.domains.lookupByUuid(uuid);
  await client.domains.resume(domain);
}

/** Ends a domain and forgets its definition; its volumes stay. */
export async function removeDomain(client: LibvirtClient, uuid: string): Promise<void> {
  const running = await findDomain(client, uuid);
  if (running === null) return;
  if (running.id !== null) await orAbsent(client.domains.destroy(running), virError.operationInvalid);
  // One that libvirt does not keep is gone with that.
  const kept = await findDomain(client, uuid);
  if (kept === null) return;
  await orAbsent(client.domains.undefine(kept, { nvram: 'remove', managedSave: true }), virError.noDomain);
}
