import { element, type XmlElement } from '../tree.ts';

/** Hyper-V enlightenments, by libvirt's names; those given as true are put on. */
interface HypervOptions {
  readonly relaxed?: boolean;
  readonly vapic?: boolean;
  /** Retries before a spinning vCPU yields; at least 4095. */
  readonly spinlocks?: number;
  readonly vpindex?: boolean;
  readonly runtime?: boolean;
  readonly synic?: boolean;
  readonly stimer?: boolean;
  readonly reset?: boolean;
  /** At most 12 characters. */
  readonly vendorId?: string;
  readonly frequencies?: boolean;
  readonly reenlightenment?: boolean;
  readonly tlbflush?: boolean;
  readonly ipi?: boolean;
  readonly evmcs?: boolean;
}

export interface FeaturesOptions {
  /** Default: true, as are `apic` and vmport off. */
  readonly acpi?: boolean;
  readonly apic?: boolean;
  /** VMware's port: default off, which some guests need for their tablet. */
  readonly vmport?: boolean;
  /** System management mode, which secure boot needs. */
  readonly smm?: boolean;
  readonly hyperv?: HypervOptions;
  /** Hides KVM from the guest. */
  readonly kvmHidden?: boolean;
  readonly ioapic?: 'kvm' | 'qemu';
}

/** Builds `<features>`. */
export function featuresElement(features: FeaturesOptions): XmlElement {
  const state = (name: string, on: boolean): XmlElement => element(name, { state: on ? 'on' : 'off' });
  return element('features', {}, [
    features.acpi === false ? null : element('acpi'),
    features.apic === false ? null : element('apic'),
    features.hyperv === undefined ? null : hypervElement(features.hyperv),
    features.kvmHidden === undefined ? null : element('kvm', {}, state('hidden', features.kvmHidden)),
    state('vmport', features.vmport ?? false),
    features.smm === undefined ? null : state('smm', features.smm),
    features.ioapic === undefined ? null : element('ioapic', { driver: features.ioapic }),
  ]);
}

function hypervElement({ spinlocks, vendorId, ...switches }: HypervOptions): XmlElement {
  const on = (name: keyof typeof switches): XmlElement | null =>
    switches[name] === undefined ? null : element(name, { state: switches[name] ? 'on' : 'off' });
  return element('hyperv', { mode: 'custom' }, [
    on('relaxed'),
    on('vapic'),
    spinlocks === undefined ? null : element('spinlocks', { state: 'on', retries: spinlocks }),
    on('vpindex'),
    on('runtime'),
    on('synic'),
    on('stimer'),
    on('reset'),
    vendorId === undefined ? null : element('vendor_id', { state: 'on', value: vendorId }),
    on('frequencies'),
    on('reenlightenment'),
    on('tlbflush'),
    on('ipi'),
    on('evmcs'),
  ]);
}

export interface ClockOptions {
  /** Default: `utc`; Windows expects `localtime`. */
  readonly offset?: 'utc' | 'localtime';
  /** Hyper-V's reference time: only with Hyper-V enlightenments. */
  readonly hypervclock?: boolean;
}

/** Builds `<clock>` with the timers that guests keep time best with: rtc catches up, pit is delayed, no hpet. */
export function clockElement({ offset, hypervclock }: ClockOptions): XmlElement {
  return element('clock', { offset: offset ?? 'utc' }, [
    element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
    element('timer', { name: 'pit', tickpolicy: 'delay' }),
    element('timer', { name: 'hpet', present: 'no' }),
    hypervclock === true ? element('timer', { name: 'hypervclock', present: 'yes' }) : null,
  ]);
}
