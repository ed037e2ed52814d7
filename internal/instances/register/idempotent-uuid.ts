import { createHmac } from 'node:crypto';

/** The uuid (RFC 9562, version 8) that an owner's idempotency key stands for: the same key means the same instance. */
export function idempotentUuid(key: Uint8Array, owner: string, idempotencyKey: string): string {
  const bytes = createHmac('sha256', key)
    .update(JSON.stringify([owner, idempotencyKey]))
    .digest();
  const hex = bytes.toString('hex');
  const variant = (0x8 | (Number.parseInt(hex.charAt(16), 16) & 0x3)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
