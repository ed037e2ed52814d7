import fc from 'fast-check';
import { hostileWords } from '../generators/dictionary.ts';

/** Objects that the host has, so that requests get past "not found". test/fuzz/host.ts makes them. */
export const known = {
  pool: 'fuzz-pool',
  volume: 'fuzz-volume.qcow2',
  network: 'fuzz-network',
  instance: 'fuzz-instance',
} as const;

const uuids = ['00000000-0000-4000-8000-000000000000', 'f'.repeat(32)];

/** Names of objects, good and bad. */
export const objectName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Object.values(known), 'virtimages', 'default', ...uuids) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('52:54:00:00:00:01', 'vda', '0000:00:00.0', '10.0.0.5', '1', '2026-11'),
  },
  { weight: 2, arbitrary: fc.constantFrom(...hostileWords) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
