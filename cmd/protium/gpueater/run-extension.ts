import type { Session } from '../session.ts';
import { destinationOf, withConnection } from './connection.ts';
import type { Extension } from './extensions/extension.ts';
import type { Fields } from './fields.ts';

/** Runs it; the program ends as the one of OpenSSH's that did it. @param instance null: the fields say which */
export async function runExtension(
  session: Session,
  extension: Extension,
  instance: string | null,
  fields: Fields,
): Promise<void> {
  const work = extension.prepare(fields);
  const destination = destinationOf(instance, fields, extension.portFields);
  session.endWith(await withConnection(session, destination, (connection) => work(connection, session)));
}
