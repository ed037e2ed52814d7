import { catalogue, type ErrorCode } from '../../errors/catalogue.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { ReasonCode, Refusal } from '../../placement/plan.ts';

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

/** What the host cannot give after all, though it was planned: a disk that is full by now, a device that is not to be had. */
export function refusalOfFailure(error: unknown): Refusal | null {
  const code = error instanceof ProtiumError ? reasons[error.code] : undefined;
  if (!(error instanceof ProtiumError) || code === undefined) return null;
  const addresses = error.details['addresses'];
  return {
    reasons: [
      {
        code,
        subject: Array.isArray(addresses) ? `pci ${addresses.join(', ')}` : 'volumes',
        message: error.message,
        fix: null,
        temporary: catalogue[error.code].retryable,
        details: Array.isArray(addresses) ? { addresses } : {},
      },
    ],
  };
}

const reasons: Partial<Record<ErrorCode, ReasonCode>> = {
  'storage-full': 'pool-full',
  'device-in-use': 'device-in-use',
  'device-unhealthy': 'device-unhealthy',
};
