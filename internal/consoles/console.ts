import type { Duplex } from 'node:stream';

export type ConsoleKind = 'serial' | 'vnc';

/** A console of a VM, whether it runs or not. */
export interface Console {
  readonly kind: ConsoleKind;
  /** What it is named by: `serial0`, `console1`; of the display `vnc`. */
  readonly device: string;
  /** Why it cannot be opened now; null: it can. */
  readonly obstacle: string | null;
  readonly viewers: number;
  readonly logged: boolean;
}

/** Which console is to be opened. */
export interface ConsoleChoice {
  /** Of the VM. */
  readonly uuid: string;
  readonly kind: ConsoleKind;
  /** Empty: the first of its kind. */
  readonly device: string;
  /** Take it from another program that has it open. */
  readonly force: boolean;
  /** Of a serial console: how much of what was written before is sent first. */
  readonly scrollbackBytes: number;
}

/** Why a console has ended. */
export interface ConsoleEnding {
  readonly reason: 'guest-ended' | 'taken-over' | 'too-slow' | 'stopping' | 'lost';
  /** One sentence. */
  readonly message: string;
}

/**
 * An open console: bytes both ways, with back-pressure both ways. What is read ends when the console does; whoever leaves
 * destroys it.
 */
export interface OpenConsole {
  readonly uuid: string;
  readonly kind: ConsoleKind;
  readonly device: string;
  readonly stream: Duplex;
  /** Why it ended; null: it has not, or its reader left. */
  ending(): ConsoleEnding | null;
}
