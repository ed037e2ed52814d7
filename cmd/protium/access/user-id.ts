import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

/** A user id of this machine, or the name of an account of it: 1000, anna. */
export function parseLocalUser(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const uid = uidOf(text, accounts());
  if (uid !== undefined) return uid;
  throw new InvalidArgumentError(`This machine has no account "${text}" in /etc/passwd; give its user id.`);
}

/** Pure. From the text of /etc/passwd. */
export function uidOf(name: string, passwd: string): number | undefined {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([account]) => account === name);
  const uid = fields?.[2];
  return uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : undefined;
}

/** For options that may be repeated. */
export function collectLocalUsers(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, parseLocalUser(text)];
}

function accounts(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
