import type { Spec } from '../spec/spec.ts';

/** What leases do with instances. What fails rejects with a ProtiumError. */
export interface LeaseInstances {
  /** Rejects with `libvirt-unavailable` while that is not known. */
  state(uuid: string): 'absent' | 'off' | 'on';
  /** Makes and starts it; the same again when the same lease launches again. Resolves with its uuid. */
  launch(request: {
    readonly lease: string;
    readonly owner: string;
    readonly creator?: string;
    readonly name: string;
    readonly spec: Spec;
    readonly devices: readonly string[] | null;
  }): Promise<string>;
  switchOn(uuid: string): Promise<void>;
  /** Asks the guest to end, and pulls the plug after so long; 0: at once. */
  stop(uuid: string, timeoutMs: number): Promise<{ readonly forced: boolean }>;
  /** Of its disks; one of that name that is there already will do. */
  snapshot(uuid: string, name: string, description: string): Promise<void>;
  /** With the volumes that were made for it. */
  remove(uuid: string): Promise<void>;
  /** On the terminals of all who are logged in, and on its console. */
  tell(uuid: string, text: string, signal: AbortSignal): Promise<void>;
}
