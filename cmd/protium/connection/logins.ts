import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Failure } from '../failure.ts';

/** What `protium login` keeps of a daemon. */
export interface Login {
  readonly token: string;
  /** Certificates (PEM) that the daemon's is checked against, absolute; undefined: no TLS. */
  readonly ca?: string;
}

/** By address as it was given, and the one that is meant where none is given. */
export interface Logins {
  readonly current: string | null;
  readonly logins: Readonly<Record<string, Login>>;
}

export const noLogins: Logins = { current: null, logins: {} };

/** `$XDG_CONFIG_HOME/protium/logins.json`, or below ~/.config. */
export function loginsFile(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CONFIG_HOME'] ?? '';
  return path.join(path.isAbsolute(base) ? base : path.join(homedir(), '.config'), 'protium', 'logins.json');
}

/** @throws Failure `usage` for a file that is there and holds something else */
export function readLogins(file: string): Logins {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return noLogins;
    throw unreadable(file, error);
  }
  try {
    return decode(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Whole or not at all; only the user can read it. */
export function writeLogins(file: string, logins: Logins): void {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${JSON.stringify(logins, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unreadable(file, error);
  }
}

function decode(value: unknown): Logins {
  const { current, logins } = value as Partial<Logins>;
  if (typeof logins !== 'object') throw new Error('it has no logins');
  for (const login of Object.values<unknown>(logins)) {
    if (typeof (login as Partial<Login> | null)?.token !== 'string') throw new Error('a login has no token');
  }
  return { current: typeof current === 'string' ? current : null, logins };
}

function unreadable(file: string, cause: unknown): Failure {
  return new Failure('usage', `${file}: ${(cause as Error).message}.`, { exit: 'usage', cause });
}
