/** What booking needs of leases: internal/leases behind the words of booking. */
export interface BookingLeases {
  /**
   * Books a lease whose VM is launched at its start and deleted at its end, all but the volumes that were there before. Rejects
   * with `lease-conflict` and `lease-refused`.
   */
  create(request: LeaseOfBooking): Promise<{ readonly id: string }>;
  /** Throws `not-found`, `state-conflict`. */
  cancel(id: string, options: { readonly validateOnly: boolean }): Promise<void>;
  /** undefined: there is none. */
  get(id: string): BookedState | undefined;
  /** Id of the owner's lease of that name; undefined: there is none. */
  named(owner: string, name: string): string | undefined;
}

export interface LeaseOfBooking {
  readonly owner: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly config: object;
  readonly idempotencyKey: string;
  readonly validateOnly: boolean;
}

export interface BookedState {
  readonly phase: 'before' | 'running' | 'over';
  /** As it is now: an extension moves it. */
  readonly start: number;
  readonly end: number;
  /** uuid; null: none yet. */
  readonly instance: string | null;
  /** Addresses of the devices that it has. */
  readonly devices: readonly string[];
}

/** Cards of one model that can be given to VMs. */
export interface CardClass {
  readonly vendor: string;
  readonly model: string;
  /** Addresses, ascending: their places are AIVC's numbers. */
  readonly addresses: readonly string[];
}
