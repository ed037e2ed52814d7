import type { PciRequest } from '../../internal/spec/spec.ts';

export interface EmulatedDevice {
  readonly id: Pick<PciRequest, 'vendor' | 'model'>;
  /** On the test host, as its firmware numbers the buses: in the order of the root ports. */
  readonly address: string;
  /** The driver that the test host's kernel gives it. */
  readonly driver: string;
}

/** Two functions of one card, alone in their IOMMU group. */
export const gpu = {
  id: { vendor: '1234', model: '1111' },
  address: '0000:01:00.0',
  driver: 'bochs-drm',
} satisfies EmulatedDevice;
export const gpuAudio = {
  id: { vendor: '8086', model: '2668' },
  address: '0000:01:00.1',
  driver: 'snd_hda_intel',
} satisfies EmulatedDevice;

/** Equal cards, each alone in its group. */
const twin = { id: { vendor: '8086', model: '10d3' }, driver: 'e1000e' };
export const twins = [
  { ...twin, address: '0000:02:00.0' },
  { ...twin, address: '0000:03:00.0' },
] as const satisfies readonly EmulatedDevice[];

/** Alone in its group, and mounted: start.sh. */
export const hostDisk = {
  id: { vendor: '1b36', model: '0010' },
  address: '0000:04:00.0',
  driver: 'nvme',
} satisfies EmulatedDevice;

/** Both behind one conventional PCI bridge, so in one group. The host's default route goes over the first: start.sh. */
export const hostNetworkCard = {
  id: { vendor: '8086', model: '100e' },
  address: '0000:06:01.0',
  driver: 'e1000',
} satisfies EmulatedDevice;
export const sharedCard = {
  id: { vendor: '10ec', model: '8139' },
  address: '0000:06:02.0',
  driver: '8139cp',
} satisfies EmulatedDevice;

export const devices: readonly EmulatedDevice[] = [
  gpu,
  gpuAudio,
  ...twins,
  hostDisk,
  hostNetworkCard,
  sharedCard,
];

/** QEMU's arguments that make them. `hostDiskImage`: a file system in a file. */
export function deviceArguments(hostDiskImage: string): readonly string[] {
  const ports = [1, 2, 3, 4, 5].map(
    (n) => `pcie-root-port,id=port${n},bus=pcie.0,chassis=${n},addr=${7 + n}`,
  );
  const cards = [
    'secondary-vga,bus=port1,addr=0.0,multifunction=on',
    'intel-hda,id=audio,bus=port1,addr=0.1',
    'hda-output,bus=audio.0,audiodev=silent',
    'e1000e,bus=port2',
    'e1000e,bus=port3',
    'nvme,bus=port4,drive=host-disk,serial=host-disk',
    'pcie-pci-bridge,id=bridge,bus=port5',
    'e1000,bus=bridge,addr=1',
    'rtl8139,bus=bridge,addr=2',
  ];
  return [
    ...['-audiodev', 'none,id=silent'],
    ...['-drive', `file=${hostDiskImage},format=raw,if=none,id=host-disk,cache=unsafe`],
    ...[...ports, ...cards].flatMap((device) => ['-device', device]),
  ];
}
