import type { GuestSetup } from '../../spec/spec.ts';

/**
 * What guests are to be given, from the request to the step that uses it. In memory alone: it is secret, and a register that
 * is cut short is taken back, never carried on.
 */
export class GuestSetups {
  readonly #setups = new Map<string, GuestSetup>();

  keep(uuid: string, setup: GuestSetup): void {
    this.#setups.set(uuid, setup);
  }

  get(uuid: string): GuestSetup | undefined {
    return this.#setups.get(uuid);
  }

  forget(uuid: string): void {
    this.#setups.delete(uuid);
  }
}
