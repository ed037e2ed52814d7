export type ChecksumAlgorithm = 'sha256' | 'sha512';

/** What the content must amount to. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower case. */
  readonly hex: string;
}

export const checksumDigits: Readonly<Record<ChecksumAlgorithm, number>> = { sha256: 64, sha512: 128 };

/** Reads `sha256:<hex>` or `sha512:<hex>`, in any letter case; null: it is neither. */
export function readChecksum(text: string): Checksum | null {
  const [algorithm, hex = ''] = text.toLowerCase().split(':', 2);
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return null;
  return /^[0-9a-f]+$/.test(hex) && hex.length === checksumDigits[algorithm] ? { algorithm, hex } : null;
}
