/** What somebody may have at most at once, and what a booking takes. GB are 2^30 bytes. */
export interface Capability {
  /** Half cores and the like are allowed in a booking. */
  readonly cpus: number;
  readonly memoryGb: number;
  readonly gpus: number;
}

/** With the room on disks. */
export interface Maximum extends Capability {
  readonly backupSpaceGb: number;
  readonly workSpaceGb: number;
}

/** Who may book, and how much. */
export interface CapabilityConfig {
  /** Of the host. */
  readonly max: Maximum;
  /** Who may book: lower-case; nobody else. */
  readonly allowedUsers: readonly string[];
  readonly defaults: Maximum;
  /** What differs for a user, by user id. */
  readonly custom: ReadonlyMap<string, Maximum>;
}

/** What the user may have at most. */
export function maximumOf(config: CapabilityConfig, user: string): Maximum {
  return config.custom.get(user) ?? config.defaults;
}
