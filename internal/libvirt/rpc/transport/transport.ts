/** What a transport tells its user. */
export interface TransportReceiver {
  /** Bytes from the peer. The buffer is valid only during the call. */
  data(chunk: Buffer): void;
  /** Called once, at the end. `error` says why, null if the peer closed it in an orderly way. */
  closed(error: Error | null): void;
}

/** A connected stream of bytes to libvirtd: a unix socket, TCP, TLS or ssh. */
export interface Transport {
  /** Sets the receiver; to be called in the turn in which the transport was opened. */
  start(receiver: TransportReceiver): void;
  /** `written` is called when the kernel, or the process in between, has taken the bytes. */
  write(bytes: Buffer, written?: () => void): void;
  /** Stops and goes on reading. */
  pause(): void;
  resume(): void;
  /** Ends it at once, and with it what it started (the ssh process). */
  destroy(): void;
}
