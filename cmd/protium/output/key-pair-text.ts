import type { KeyPair } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

const headers = ['NAME', 'TYPE', 'FINGERPRINT', 'MADE'] as const;

/** A line a key pair. */
export function keyPairTable(keyPairs: readonly KeyPair[]): string {
  const rows = keyPairs.map(({ name, type, fingerprint, createTime }) =>
    [name, type, fingerprint, formatTime(createTime)].map((text) => ({ text })),
  );
  return formatTable(headers, rows);
}

/** All of one key pair. */
export function keyPairFields({ name, type, bits, fingerprint, publicKey, createTime }: KeyPair): string {
  return formatFields([
    ['name', name],
    ['type', `${type}, ${bits} bits`],
    ['fingerprint', fingerprint],
    ['made', formatTime(createTime)],
    ['public key', publicKey],
  ]);
}
