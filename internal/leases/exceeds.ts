import type { Asked } from '../subscriptions/subscription.ts';

/** In which respect `wanted` is not within `leased`, as a sentence; null: it is. Pure. */
export function exceeds(wanted: Asked, leased: Asked): string | null {
  if (wanted.slots > leased.slots) return `${wanted.slots} slots are asked for, ${leased.slots} are leased.`;
  if (wanted.memoryMib > leased.memoryMib) {
    return `${wanted.memoryMib} MiB are asked for, ${leased.memoryMib} MiB are leased.`;
  }
  for (const { vendor, model, quantity } of wanted.devices) {
    const of = leased.devices.find((device) => device.vendor === vendor && device.model === model);
    if (quantity > (of?.quantity ?? 0)) {
      return `${quantity} × ${vendor}:${model} are asked for, ${of?.quantity ?? 0} are leased.`;
    }
  }
  const sameKind =
    wanted.allowSmt === leased.allowSmt &&
    wanted.overprovision === leased.overprovision &&
    wanted.topology === leased.topology &&
    wanted.hugepages === leased.hugepages;
  return sameKind
    ? null
    : 'it shares cores, or has memory, in another way (allowSMT, overprovision, huge pages).';
}
