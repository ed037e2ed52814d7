import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 120 bits: 20 of [A-Za-z0-9_-]; unique for good, and safe in URLs and shells. */
export function newKeyId(): string {
  return randomBytes(15).toString('base64url');
}

/** 256 bits: 43 of [A-Za-z0-9_-]. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 32 lower-case hexadecimal digits. */
export function newOwner(): string {
  return randomBytes(16).toString('hex');
}

/**
 * How a secret is kept. One round of SHA-256 is enough where scrypt is needed for passwords: nobody guesses 256 random bits,
 * and every request is checked by it.
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** In a time that does not tell how much of it is right. */
export function isSecret(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOf(secret), hash);
}
