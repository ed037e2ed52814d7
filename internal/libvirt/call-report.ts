/** What a driver tells its observer (metrics, traces) after each call, whatever its end. */
export interface CallReport {
  /** The call's name in the client's interface, e.g. `domains.define`. */
  readonly call: string;
  readonly durationMs: number;
  /** `disconnected`: the connection was lost or could not be had. `error`: libvirt's own error, or the caller's abort. */
  readonly outcome: 'ok' | 'error' | 'timeout' | 'disconnected';
  /** libvirt's error number (virErrorNumber), if libvirt reported one. */
  readonly code?: number;
}
