import type { Session } from '../../session.ts';
import type { Connection } from '../connection.ts';
import type { Fields } from '../fields.ts';

/** A function of GPUEater's that is done over SSH, by this program. */
export interface Extension {
  /** GPUEater's name, e.g. `copy_file`. */
  readonly name: string;
  /** The command's, e.g. `copy`. */
  readonly command: string;
  readonly description: string;
  /** Its own fields, beside those that say where. */
  readonly fields: readonly { readonly name: string; readonly description: string }[];
  /** By which fields sshd's port is given; left out: sshd_port, else port. */
  readonly portFields?: readonly string[];
  /** Reads the fields, before anything is connected: throws Failure `usage`. */
  prepare(fields: Fields): (connection: Connection, session: Session) => Promise<number>;
}
