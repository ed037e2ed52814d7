import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Refusal } from '../../placement/plan.ts';

/** Devices that somebody else's domain runs with by now: libvirt does not tell them from other refusals to start. */
export function takenMeanwhile(
  view: Pick<LiveView, 'domains'>,
  { uuid, pci }: { readonly uuid: string; readonly pci: readonly string[] },
): Refusal | null {
  const reasons = view.domains().flatMap((domain): Refusal['reasons'] => {
    const addresses = domain.hostPciAddresses.filter((address) => pci.includes(address));
    if (domain.uuid === uuid || domain.id === null || addresses.length === 0) return [];
    return [
      {
        code: 'device-taken',
        subject: `pci ${addresses.join(', ')}`,
        message: `${addresses.join(', ')} went to "${domain.name}" while the VM was made.`,
        fix: 'Ask again: another device may be free.',
        temporary: true,
        details: { addresses, holder: domain.name },
      },
    ];
  });
  return reasons.length === 0 ? null : { reasons };
}

/** A disk that is full by now is a host that cannot give it, too. */
export function refusalOfFailure(error: unknown): Refusal | null {
  if (!(error instanceof ProtiumError && error.code === 'storage-full')) return null;
  return {
    reasons: [
      {
        code: 'pool-full',
        subject: 'volumes',
        message: error.message,
        fix: null,
        temporary: true,
        details: {},
      },
    ],
  };
}
