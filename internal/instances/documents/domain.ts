import type { GuestProfile } from '../../guests/profile.ts';
import type { HypervisorFacts } from '../../host/facts.ts';
import type { Plan } from '../../placement/plan.ts';
import type { Spec } from '../../spec/spec.ts';
import { domainElement, type DomainOptions } from '../../xml/domain/build.ts';
import type { FeaturesOptions } from '../../xml/domain/features.ts';
import type { OsOptions } from '../../xml/domain/os.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { diskControllers, diskOptions, type InstanceVolume } from './disks.ts';
import { hasNvidiaDisplay, hostDevices, mmioWindowMib } from './host-devices.ts';
import { hypervOptions } from './hyperv.ts';
import { macAddress } from './names.ts';
import { memoryOptions, processorOptions } from './processor.ts';

export interface InstanceDomain {
  readonly uuid: string;
  /** The domain's name. */
  readonly domain: string;
  /** As the client gave it: the domain's title. */
  readonly name: string;
  readonly spec: Spec;
  readonly plan: Plan;
  readonly profile: GuestProfile;
  readonly hypervisor: Pick<HypervisorFacts, 'hypervFeatures' | 'virtioWin'>;
  readonly volumes: readonly InstanceVolume[];
  /** The medium from which the guest sets itself up; null: none. */
  readonly seed: string | null;
  /** Ours, to be kept with the domain. */
  readonly metadata: XmlElement;
  /** Gets all that the guest writes on its serial console. */
  readonly serialLog: string;
}

/** Ports left empty for devices that are plugged in while the guest runs. */
const spareRootPorts = 4;
/** Controllers of USB and of serial channels, balloon, random numbers, display: at most. */
const ownPorts = 5;

/** The document of an instance, from the plan of its spec. Pure. */
export function instanceDomain(instance: InstanceDomain): XmlElement {
  const { spec, plan, profile, hypervisor } = instance;
  const { ports, devices } = hostDevices(plan.pci);
  const window = plan.firmware.type === 'uefi' ? mmioWindowMib(plan.pci) : null;
  const disks = diskOptions(instance.volumes, [
    instance.seed,
    profile.virtioWin ? hypervisor.virtioWin : null,
  ]);
  const controllers = diskControllers(instance.volumes);
  const onPorts =
    disks.filter(({ bus }) => bus === 'virtio').length + controllers.length + plan.networks.length;
  const options: DomainOptions = {
    type: plan.domainType,
    name: instance.domain,
    uuid: instance.uuid,
    title: titleOf(instance.name),
    ...(spec.description === null ? {} : { description: spec.description }),
    ...(profile.libosinfoId === null ? {} : { libosinfoId: profile.libosinfoId }),
    metadata: [instance.metadata],
    ...processorOptions(plan),
    ...memoryOptions(plan.memory),
    os: firmwareOptions(instance),
    features: featureOptions(instance),
    clock: { offset: profile.clock, hypervclock: profile.hyperv && plan.domainType === 'kvm' },
    devices: {
      disks,
      controllers: [...ports, ...controllers],
      // libvirt puts what the VM has from the start on the ports that there are, before it makes more of them.
      spareRootPorts: spareRootPorts + ownPorts + onPorts,
      interfaces: plan.networks.map(({ network, mac }, index) => ({
        source: { type: 'network', network },
        mac: mac ?? macAddress(instance.uuid, index),
        model: profile.nicModel,
      })),
      serials: [{ logFile: instance.serialLog }],
      guestAgent: spec.qemuAgent ?? profile.qemuAgent,
      inputs: [{ type: 'tablet', bus: 'usb' }],
      ...(plan.tpm ? { tpm: {} } : {}),
      graphics: [{ type: 'vnc' }],
      videos: [{ model: profile.video }],
      hostDevices: devices,
      balloon: plan.memory.pinned ? null : { freePageReporting: true },
    },
    ...(window === null ? {} : { qemuCommandLine: { arguments: windowArguments(window) } }),
  };
  return domainElement(options);
}

/** libvirt keeps the names under opt/ovmf/ to itself: its own element for fw_cfg refuses them. */
function windowArguments(mib: number): readonly string[] {
  return ['-fw_cfg', `name=opt/ovmf/X-PciMmio64Mb,string=${mib}`];
}

/** libvirt takes no line breaks in a title. */
function titleOf(name: string): string {
  return name.replaceAll(/\s+/g, ' ');
}

/** UEFI's variables are in a file by the uuid: by libvirt's own rule it is the name's, and the next VM of that name finds them. */
function firmwareOptions({ uuid, plan: { firmware } }: InstanceDomain): OsOptions {
  if (firmware.type === 'bios') return { firmware: { type: 'bios' } };
  const { secureBoot } = firmware;
  const nvram = `/var/lib/libvirt/qemu/nvram/${uuid}_VARS.fd`;
  return { firmware: { type: 'efi', secureBoot, enrolledKeys: secureBoot, nvram } };
}

function featureOptions({ plan, profile, hypervisor }: InstanceDomain): FeaturesOptions {
  const nvidia = plan.domainType === 'kvm' && hasNvidiaDisplay(plan.pci);
  const hyperv = hypervOptions(hypervisor.hypervFeatures, { windows: profile.hyperv, disguise: nvidia });
  return {
    ...(plan.firmware.type === 'uefi' && plan.firmware.secureBoot ? { smm: true } : {}),
    ...(hyperv === null ? {} : { hyperv }),
    ...(nvidia ? { kvmHidden: true } : {}),
  };
}
