import type { Capability, Maximum } from './capability.ts';

/** A lease, as AIVC's lists tell of it. Times in milliseconds since 1970. */
export interface Booking extends Capability {
  /** uuid */
  readonly id: string;
  readonly user: string;
  readonly start: number;
  readonly end: number;
  /** Numbers of the GPUs as an import told them; else those that it has, once it has begun. */
  readonly gpuNumbers: readonly number[];
  /** Of the host, leads to port 22 of the guest. */
  readonly forwardPort: number;
  /** null: the first that may be booked. */
  readonly image: string | null;
  readonly extraCommand: string | null;
  /** Id of its lease; null: it was over when it was imported. */
  readonly lease: string | null;
}

/** In which of AIVC's three lists it is. */
export type BookingState = 'booking' | 'using' | 'used';

export interface BookingUser {
  /** `[a-z0-9][a-z0-9._-]{0,31}` */
  readonly user: string;
  /** 32 lower-case hexadecimal digits: the owner of leases and instances. */
  readonly owner: string;
  readonly forwardPort: number;
  readonly image: string | null;
  readonly extraCommand: string | null;
}

export interface BookingRequest extends Capability {
  readonly user: string;
  readonly password: string;
  readonly start: number;
  readonly end: number;
  /** null: as the user's profile has it. */
  readonly forwardPort: number | null;
  readonly image: string | null;
  readonly extraCommand: string | null;
  readonly validateOnly: boolean;
}

/** The text of files, by their names: host_deploy.yaml, capability_config.yaml, users_config.yaml, booking.csv ... */
export type BookingFiles = Readonly<Record<string, string>>;

export interface ImportReport {
  /** Sentences: what was taken over. */
  readonly imported: readonly string[];
  /** Sentences: what was left out, and why. */
  readonly skipped: readonly string[];
}

/** Booking in AIVC's way. Whoever books must be allowed to by a capability_config.yaml that was imported. */
export interface Bookings {
  /** By start. */
  list(query: {
    readonly user?: string;
    readonly state?: BookingState;
  }): readonly (Booking & { readonly state: BookingState })[];
  /** null of `known`: was never here. Throws `not-found`: may not book. */
  user(user: string): { readonly known: BookingUser | null; readonly maximum: Maximum };
  /** Those that were here, by name. */
  users(): readonly BookingUser[];
  /** Rejects with `credentials-wrong`, also while too many were wrong. */
  login(user: string, password: string): Promise<BookingUser>;
  /** Images that may be booked, the usual one first, and a port that nobody has. */
  choices(): { readonly images: readonly string[]; readonly freePort: number };
  /** Rejects with `not-found` (may not), `already-exists`, `argument-invalid`, `resource-in-use` (the port). */
  register(request: {
    readonly user: string;
    readonly password: string;
    readonly forwardPort: number | null;
    readonly validateOnly: boolean;
  }): Promise<BookingUser>;
  /** Changes what is given. Rejects as `login` and `register` do. */
  change(request: {
    readonly user: string;
    readonly password: string;
    readonly newPassword: string | null;
    readonly forwardPort: number | null;
    readonly image: string | null;
    readonly extraCommand: string | null;
    readonly validateOnly: boolean;
  }): Promise<BookingUser>;
  /** Rejects as `login` does, with `argument-invalid`, `resource-in-use` (port, own booking at that time), `lease-conflict`. */
  book(request: BookingRequest): Promise<Booking>;
  /** Gives it up; one that has begun ends now. Rejects as `login` does, with `not-found`, `state-conflict`. */
  cancel(request: {
    readonly id: string;
    readonly user: string;
    readonly password: string;
    readonly validateOnly: boolean;
  }): Promise<Booking>;
  /** The VM of the user's booking that has begun. Rejects as `login` does, and with `state-conflict`: none has. */
  restart(request: {
    readonly user: string;
    readonly password: string;
  }): Promise<{ readonly instance: string }>;
  /** Takes over AIVC's files. Twice the same is once. Rejects with `argument-invalid`; nothing is changed then. */
  import(files: BookingFiles, options: { readonly validateOnly: boolean }): Promise<ImportReport>;
  /** The same files as they would be on AIVC's host, without passwords. */
  readonly export: () => BookingFiles;
  /** Of bookings that have begun and have a VM. */
  ports(): readonly { readonly instance: string; readonly forwardPort: number }[];
  /** After a start: what a crash left between a booking and its lease is put together, or taken back. */
  mend(): void;
}
