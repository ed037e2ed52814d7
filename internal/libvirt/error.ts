/**
 * An error that libvirt itself reported. Decide by `code` (virErrorNumber) and `domain` (virErrorDomain), never by
 * the text: it is translated and changes between versions.
 */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly code: number;
  readonly domain: number;
  /** virErrorLevel: 1 warning, 2 error. */
  readonly level: number;
  /** The call that failed, e.g. `domains.define`. */
  readonly call: string;
  /** For VIR_ERR_SYSTEM_ERROR: the errno (libvirt's `int1`), where the driver learns it. */
  readonly systemErrno: number | null;

  constructor(report: {
    code: number;
    domain: number;
    level: number;
    message: string;
    call: string;
    systemErrno?: number | null;
  }) {
    super(report.message);
    this.code = report.code;
    this.domain = report.domain;
    this.level = report.level;
    this.call = report.call;
    this.systemErrno = report.systemErrno ?? null;
  }
}

/** The connection to libvirtd is not there: never opened, lost during the call, or closed by us. */
export class LibvirtConnectionError extends Error {
  override readonly name = 'LibvirtConnectionError';
}

/**
 * No answer within the call's deadline. libvirt does not drop a request whose client went away: the call may still
 * take effect later.
 */
export class LibvirtTimeoutError extends Error {
  override readonly name = 'LibvirtTimeoutError';
  readonly call: string;
  readonly deadlineMs: number;

  constructor(call: string, deadlineMs: number) {
    super(`libvirt did not answer ${call} within ${deadlineMs} ms; it may still carry it out`);
    this.call = call;
    this.deadlineMs = deadlineMs;
  }
}

/** The peer broke the wire protocol: a length, type or value that the protocol does not allow. */
export class LibvirtProtocolError extends Error {
  override readonly name = 'LibvirtProtocolError';
}

/** This driver has no way to make the call (e.g. virsh has no command for it). */
export class UnsupportedCallError extends Error {
  override readonly name = 'UnsupportedCallError';
  readonly call: string;

  constructor(call: string, driver: string) {
    super(`the ${driver} driver cannot make the call ${call}`);
    this.call = call;
  }
}
