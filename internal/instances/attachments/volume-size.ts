import type { InstanceRecord } from '../documents/metadata.ts';

/** The record after a disk was made larger: its plan tells the size by which the next one is booked. Pure. */
export function withVolumeSize(record: InstanceRecord, file: string, sizeBytes: number): InstanceRecord {
  const stem = file.replace(/^.*\//, '').replace(/\..*$/, '');
  const volumes = record.plan.volumes.map((volume) =>
    volume.existing?.path === file || (volume.id !== null && volume.id === stem)
      ? { ...volume, sizeBytes }
      : volume,
  );
  return { ...record, plan: { ...record.plan, volumes } };
}
