import { LibvirtConnectionError } from '../error.ts';
import type { Connection } from './connection.ts';

const procedures = { ping: 1, pong: 2 } as const;

export interface KeepaliveOptions {
  /** A connection that was silent for this long is asked whether it is still there. */
  readonly intervalMs: number;
  /** So many questions may stay without an answer. */
  readonly count: number;
}

/** libvirt's own defaults (libvirtd.conf: keepalive_interval, keepalive_count). */
export const defaultKeepalive: KeepaliveOptions = { intervalMs: 5000, count: 5 };

/**
 * Both halves of libvirt's keepalive program: answers the server's pings, and, once started, sends our own while the
 * connection is silent and gives it up when too many stay unanswered.
 */
export class Keepalive {
  readonly #connection: Connection;
  #timer: NodeJS.Timeout | undefined;
  #heard = false;
  #unanswered = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  start(options: KeepaliveOptions): void {
    this.#timer = setInterval(() => {
      if (this.#heard) {
        this.#heard = false;
      } else if (this.#unanswered >= options.count) {
        this.#connection.destroy(
          new LibvirtConnectionError(
            `libvirt has not answered ${this.#unanswered} pings, one each ${options.intervalMs} ms`,
          ),
        );
      } else {
        this.#unanswered += 1;
        this.#connection.sendKeepalive(procedures.ping);
      }
    }, options.intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Any byte from the peer is a sign of life. */
  heard(): void {
    this.#heard = true;
    this.#unanswered = 0;
  }

  received(procedure: number): void {
    if (procedure === procedures.ping) this.#connection.sendKeepalive(procedures.pong);
  }
}
