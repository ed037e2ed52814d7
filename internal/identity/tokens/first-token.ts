import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../users/account.ts';
import { wholeScope } from './token-scope.ts';
import { readToken } from './token-text.ts';
import type { Tokens } from './tokens.ts';

export const firstTokenFile = 'admin-token';

/**
 * Sees to it that there is a file with a token of the administrator, which only the daemon's user can read. One is made where
 * there is no such file yet and no administrator's token was ever made: what was deleted or revoked does not come back.
 *
 * @param directory the state directory, locked by this process
 * @returns the path of the file that was made; null: none was
 */
export function makeFirstToken(
  directory: string,
  tokens: Pick<Tokens, 'issue' | 'list' | 'revoke'>,
  administrator: Account,
): string | null {
  const file = join(directory, firstTokenFile);
  if (tokens.list(administrator.name).length > 0) return null;
  const wish = { description: `first start: ${firstTokenFile}`, scope: wholeScope, expiresAt: null };
  const issued = tokens.issue(administrator, wish, { validateOnly: false, idempotencyKey: '' });
  if (issued === null) return null;
  try {
    writeWhole(file, `${issued.text}\n`);
  } catch (error) {
    tokens.revoke(issued.token.id, { validateOnly: false });
    throw error;
  }
  return file;
}

/** Whole or not at all, and never over, or through, what is there: a link fails where there is a name already. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    linkSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** After its token was given another secret, or was revoked: the file follows. Others' tokens leave it as it is. */
export function followToken(directory: string, id: string, text: string | null): void {
  const file = join(directory, firstTokenFile);
  let held: string;
  try {
    held = readFileSync(file, 'utf8').trim();
  } catch {
    return;
  }
  if (readToken(held)?.id !== id) return;
  rmSync(file, { force: true });
  if (text !== null) writeWhole(file, `${text}\n`);
}
