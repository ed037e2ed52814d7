import { ProtiumError } from '../../errors/protium-error.ts';
import type { Disk } from '../../xml/domain/devices/disk.ts';

export interface Growth {
  readonly notices: readonly string[];
}

/**
 * Whether a disk can be made so large. Pure.
 *
 * @throws ProtiumError `argument-invalid`, `state-conflict`, `storage-full`
 */
export function growth(options: {
  readonly disk: Pick<Disk, 'target' | 'device' | 'readOnly' | 'format'>;
  readonly pool: string;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly sizeBytes: number;
}): Growth {
  const { disk, pool, capacityBytes, availableBytes, sizeBytes } = options;
  if (disk.device !== 'disk' || disk.readOnly) {
    throw new ProtiumError('state-conflict', `${disk.target} is a ${disk.device} that its guest only reads.`);
  }
  if (sizeBytes % sector !== 0) {
    throw new ProtiumError('argument-invalid', `A disk has whole sectors: a multiple of ${sector} bytes.`, {
      details: { field: 'size_bytes' },
    });
  }
  if (sizeBytes < capacityBytes) {
    throw new ProtiumError(
      'argument-invalid',
      `The disk ${disk.target} has ${capacityBytes} bytes; it is never made smaller: what its guest has there would be lost.`,
      { details: { field: 'size_bytes', capacityBytes } },
    );
  }
  const more = sizeBytes - capacityBytes;
  if (more <= availableBytes) return { notices: [] };
  const left = `the pool "${pool}" has ${availableBytes} bytes left, and ${more} more are asked for`;
  if (disk.format !== 'qcow2') {
    throw new ProtiumError('storage-full', `There is no room for it: ${left}. Free some, or ask for less.`, {
      details: { pool, availableBytes, more },
    });
  }
  return {
    notices: [`The disk grows as it is written; ${left}. It fails when the pool is full.`],
  };
}

const sector = 512;
