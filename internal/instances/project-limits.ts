import type { Plan } from '../placement/plan.ts';
import type { RegisterInput } from './register/shape.ts';

/** What projects may have. Asked under the lock `allocation`; all of it is synchronous, so that nothing comes between. */
export interface ProjectLimits {
  /** @throws ProtiumError `quota-exceeded` */
  requireNew(register: RegisterInput): void;
  /**
   * That an instance may have the one plan instead of the other.
   *
   * @param operation holds the difference until it has ended; null: a dry run
   * @throws ProtiumError `quota-exceeded`
   */
  requireChange(uuid: string, before: Plan, after: Plan, operation: string | null): void;
  release(operation: string): void;
  /** Addresses and classes (`10de:2489`) of host devices; null: whatever the host gives. */
  devices(owner: string): readonly string[] | null;
  /** For what there is and what is under way; given once, when there are instances. */
  open(underway: () => readonly RegisterInput[]): void;
}
