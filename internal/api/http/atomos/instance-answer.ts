import type { Reach } from '../../../instances/addresses.ts';
import type { Instance } from '../../../instances/instance.ts';
import type { DomainState } from '../../../libvirt/objects.ts';
import { atomosDate, requestJson } from '../../../spec/request-json.ts';

/** States in the words of virsh, which AtomOS uses too. */
const stateWords: Readonly<Record<DomainState, string>> = {
  nostate: 'no state',
  running: 'running',
  blocked: 'idle',
  paused: 'paused',
  shutdown: 'in shutdown',
  shutoff: 'shut off',
  crashed: 'crashed',
  pmsuspended: 'pmsuspended',
};

/**
 * A VM as AtomOS tells it. `vm_uid`, `vm_name` and `status` are what its newer generation of clients reads; `devices` are
 * the host's PCI devices that it got, `sshHostKeys` those by which its sshd is to be known. Of the addresses the first IPv4
 * is told, as there is room for one.
 */
export function instanceAnswer(instance: Instance, { addresses }: Pick<Reach, 'addresses'>): object {
  const { uuid, name, spec, plan, state, createdAt, sshHostKeys } = instance;
  const ipv4 = addresses.find(({ family }) => family === 'ipv4')?.address;
  const known = { name, creationDate: atomosDate(createdAt), ...(ipv4 === undefined ? {} : { ipv4 }) };
  return {
    uniqueID: uuid,
    vm_uid: uuid,
    vm_name: name,
    status: stateWords[state],
    sshHostKeys,
    vm_tags: spec.tags,
    req_json: requestJson(spec, known),
    devices: plan.pci.map(({ address, vendor, model, name: called, reason }) => ({
      address,
      vendor,
      model,
      name: called,
      reason,
    })),
  };
}
