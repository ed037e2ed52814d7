import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../store/database.ts';
import type { Account } from '../users/account.ts';
import { wholeScope } from './token-scope.ts';
import { readToken } from './token-text.ts';
import type { Tokens } from './tokens.ts';

const firstTokenFile = 'admin-token';

/**
 * Sees to it that there is a file with a token of the administrator, which only the daemon's user can read. One is made where
 * there is no such file yet and no administrator's token was ever made: what was deleted or revoked does not come back. One
 * whose making a crash cut short is put in its place.
 *
 * @param directory the state directory, locked by this process
 * @returns the path of the file that was made; null: none was
 */
export function makeFirstToken(
  directory: string,
  parts: {
    readonly tokens: Pick<Tokens, 'issue' | 'list' | 'revoke'>;
    readonly database: Pick<Database, 'transaction'>;
  },
  administrator: Account,
): string | null {
  const { tokens, database } = parts;
  const file = join(directory, firstTokenFile);
  const pending = `${file}.new`;
  const known = tokens.list(administrator.name);
  const cutShort = known.find(({ id, revokedAt }) => id === heldBy(pending) && revokedAt === null);
  if (cutShort === undefined && known.length > 0) return null;
  const wish = { description: `first start: ${firstTokenFile}`, scope: wholeScope, expiresAt: null };
  // The text is on disk when the token is in the database, and of no use as long as it is not.
  const token =
    cutShort ??
    database.transaction(() => {
      const issued = tokens.issue(administrator, wish, { validateOnly: false, idempotencyKey: '' });
      if (issued === null) throw new Error('a token that is no dry run is issued');
      writeNew(pending, `${issued.text}\n`);
      return issued.token;
    });
  try {
    if (heldBy(file) !== token.id) linkSync(pending, file);
  } catch (error) {
    tokens.revoke(token.id, { validateOnly: false });
    throw error;
  } finally {
    rmSync(pending, { force: true });
  }
  return file;
}

/** Id of the token in a file; undefined: there is none. */
function heldBy(file: string): string | undefined {
  try {
    return readToken(readFileSync(file, 'utf8').trim())?.id;
  } catch {
    return undefined;
  }
}

function writeNew(file: string, text: string): void {
  rmSync(file, { force: true });
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all, and never over, or through, what is there: a link fails where there is a name already. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeNew(temporary, text);
    linkSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** After its token was given another secret, or was revoked: the file follows. Others' tokens leave it as it is. */
export function followToken(directory: string, id: string, text: string | null): void {
  const file = join(directory, firstTokenFile);
  if (heldBy(file) !== id) return;
  rmSync(file, { force: true });
  if (text !== null) writeWhole(file, `${text}\n`);
}
