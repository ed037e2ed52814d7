import type { Command } from 'commander';
import type { Daemon } from './connection/daemon.ts';
import type { Dialogue } from './console/dialogue.ts';
import type { Terminal } from './console/terminal.ts';
import type { Output } from './output/output.ts';

/** What a command works with. */
export interface Session {
  readonly daemon: Daemon;
  readonly output: Output;
  /** Aborted by Ctrl-C, once `catchInterrupts` was called; until then it ends the program. */
  readonly interrupted: AbortSignal;
  catchInterrupts(): void;
  /** What stdin has, to its end. */
  readStdin(): Promise<string>;
  /** stdin and stdout as bytes. */
  readonly terminal: Terminal;
  /** Questions on stdout, answers from stdin line by line. */
  readonly dialogue: () => Dialogue;
  /** How the program ends when all else went well: as a program that it ran for the user did. */
  readonly endWith: (exitCode: number) => void;
  /** A question that is answered with y or n; null: there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

/** Runs the work of a command, with the daemon and the output that its options name. */
export type RunSession = (command: Command, work: (session: Session) => Promise<void>) => Promise<void>;

/** Options that every command has. */
export interface GlobalOptions {
  readonly address?: string;
  readonly ca?: string;
  readonly token?: string;
  readonly cert?: string;
  readonly certKey?: string;
  readonly output: Output['format'];
}
