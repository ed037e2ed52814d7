/** An instance that went to another host: this one has nothing of it but this. */
export interface MovedInstance {
  readonly uuid: string;
  /** Of its domain. */
  readonly name: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** The name of the host in the configuration, when it went. */
  readonly target: string;
  /** libvirt's uuid of that host. */
  readonly hostUuid: string;
  readonly offline: boolean;
  /** ISO 8601, UTC. */
  readonly movedAt: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Of its first disk. */
  readonly rootBytes: number;
}
