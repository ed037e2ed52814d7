import type { PoolCondition } from '../floating-addresses/floating-address.ts';
import type { HostFacts } from '../host/facts.ts';
import type { DeviceCondition } from '../placement/claim.ts';
import type { NetworkView, PoolView } from '../libvirt/live-view/views.ts';

/** What the checks look at: gathered first, so that they decide without touching the machine. */
export interface Evidence {
  /** null: it could not be read, `hostError` says why. */
  readonly host: HostFacts | null;
  readonly hostError: string | null;
  /** Devices that must not be given out now. */
  readonly conditions: readonly DeviceCondition[];
  readonly libvirt: { readonly uri: string; readonly connected: boolean; readonly error: string | null };
  readonly kvm: KvmEvidence;
  readonly networks: readonly Pick<NetworkView, 'name' | 'active' | 'autostart' | 'bridge' | 'forwardMode'>[];
  readonly pools: readonly Pick<
    PoolView,
    'name' | 'state' | 'autostart' | 'targetPath' | 'availableBytes' | 'capacityBytes'
  >[];
  /** Where new volumes go. */
  readonly storage: { readonly pool: string; readonly directory: string };
  readonly forwarding: ForwardingEvidence;
  /** Programs that some things need, and whether they are there. */
  readonly tools: { readonly virtSysprep: boolean; readonly dhcpRelease: boolean };
  readonly floating: PoolCondition;
  /** Other hosts of the configuration; `problem` null: it answers. */
  readonly migrationTargets: readonly {
    readonly name: string;
    readonly uri: string;
    readonly problem: string | null;
  }[];
  readonly permissions: {
    readonly userId: number;
    /** Directories that the daemon writes to and may not. */
    readonly unwritable: readonly string[];
  };
}

export interface KvmEvidence {
  /** The device file /dev/kvm. `forbidden`: it is there, this process may not open it. */
  readonly device: 'absent' | 'usable' | 'forbidden';
  /** The processor's flag: `vmx` (Intel), `svm` (AMD); null: it has none, or the BIOS hides it. */
  readonly processorFlag: string | null;
  /** The machine is itself virtual. */
  readonly insideVm: boolean;
}

/** How the host lets packets of guests through. */
export interface ForwardingEvidence {
  /** Policy of the chain FORWARD; null: it cannot be read. */
  readonly policy: 'ACCEPT' | 'DROP' | null;
  /** Docker's chains are there: it sets that policy. */
  readonly docker: boolean;
  /** A rule of libvirt, or in DOCKER-USER, lets guests' packets pass. */
  readonly guestsAccepted: boolean;
  /** net.ipv4.ip_forward; null: it cannot be read. */
  readonly ipForward: boolean | null;
}
