import { z } from 'zod';
import type { Spec } from '../../../internal/spec/spec.ts';

const line = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u);
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const hexId = z.string().regex(/^[0-9a-f]{4}$/);

/** What every spec is, written down again beside the readers: strict, so that nothing else gets into one. */
export const specForm: z.ZodType<Spec> = z.strictObject({
  name: line(255).min(1).nullable(),
  description: z.string().min(1).max(4096).nullable(),
  cpu: z.strictObject({
    slots: z.int().min(1).max(256),
    allowSmt: z.boolean(),
    overprovision: z.int().min(1).max(10),
    minFrequencyGhz: z.number().gt(0).max(10).nullable(),
    archs: z.array(z.enum(['X86_32', 'X86_64', 'ARM_7', 'ARM_8', 'PPC_64', 'S390X'])).min(1),
    flags: z.array(z.string().regex(/^[A-Za-z0-9!._+-]{1,32}$/)).max(256),
  }),
  memory: z.strictObject({ mib: z.int().min(64).max(16_777_216), requireEcc: z.boolean() }),
  os: z.strictObject({
    family: z.enum(['linux', 'windows', 'bsd', 'macos']),
    flavour: line(64).nullable(),
    version: line(64).nullable(),
  }),
  firmware: z.enum(['bios', 'uefi']).nullable(),
  qemuAgent: z.boolean().nullable(),
  manufacturer: line(64).nullable(),
  pci: z
    .array(z.strictObject({ vendor: hexId, model: hexId, quantity: z.int().min(1).max(64) }))
    .refine((devices) => new Set(devices.map((d) => d.vendor + d.model)).size === devices.length),
  networks: z
    .array(
      z.strictObject({
        uid: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/),
        mac: z
          .string()
          .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/)
          .nullable(),
      }),
    )
    .max(16)
    .nullable(),
  volumes: z
    .array(
      z
        .strictObject({
          id: uuid.nullable(),
          name: line(128).nullable(),
          sizeBytes: z
            .int()
            .min(1 << 20)
            .max(2 ** 50)
            .nullable(),
          image: z
            .string()
            .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)
            .nullable(),
          iso: line(1024).nullable(),
          format: z.enum(['qcow2', 'raw']).nullable(),
          bus: z.enum(['virtio', 'sata', 'scsi', 'ide']).nullable(),
          readonly: z.boolean(),
          bootable: z.boolean(),
          priority: z.int().min(0).max(1000).nullable(),
        })
        .refine((volume) =>
          [volume.id, volume.sizeBytes, volume.name, volume.image, volume.iso].some((said) => said !== null),
        ),
    )
    .max(64),
  autostart: z.boolean(),
  tags: z.array(line(128)).max(64),
  guest: z
    .strictObject({
      username: z.stringFormat('user', /^[\w.-]{1,32}$/).nullable(),
      password: line(256).min(1).nullable(),
      sshKeys: z.array(line(1 << 20).min(1)),
      userData: z.string().min(1).nullable(),
    })
    .nullable(),
  tuning: z.strictObject({
    hugepages: z.boolean(),
    topology: z.enum(['host', 'flat']),
    strictPci: z.boolean(),
    secureBoot: z.boolean().nullable(),
    tpm: z.boolean().nullable(),
  }),
  assumed: z.array(z.string()),
  extra: z.record(z.string(), z.union([line(256), z.number(), z.boolean(), z.null()])),
});
