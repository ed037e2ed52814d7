import { readUserData } from '../cloud-init/user-data.ts';
import { isList, isObject, own, problem, type Problem, type Read, type Reader } from './reading.ts';
import type { GuestSetup, JsonValue } from './spec.ts';

/** What is for the guest alone. The values never come back in an error: none of these readers shows one. */

const longestUserData = 1024 * 1024;
const mostKeys = 64;
/** What openssl hashes of a password: it drops the rest. */
const longestPassword = 256;
const utf8 = new TextEncoder();
const userName = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;
const lineOnly = /^[^\p{Cc}\p{Surrogate}\ufffe\uffff]*$/u;
const unicode = /^\P{Surrogate}*$/u;

export type Credentials = Pick<GuestSetup, 'username' | 'password' | 'sshKeys'>;

/** `{username, password, ssh-key}`; a key may be a list of keys, or several lines. */
export const credentialsReader: Reader<Credentials> = (value) => {
  if (!isObject(value)) {
    return problem(undefined, 'This must be an object with username, password and ssh-key.', {
      allowed: 'an object',
    });
  }
  const problems: Problem[] = [];
  const text = (name: string, isGood: (text: string) => boolean, message: string, allowed: string) => {
    const found = own(value, name) ?? '';
    if (found === '') return null;
    if (typeof found === 'string' && isGood(found)) return found;
    problems.push({ at: `.${name}`, message, allowed });
    return null;
  };
  const names = ['ssh-key', 'ssh_key', 'sshKey', 'ssh_keys'];
  const keys = names.flatMap((name) => {
    const found = keysOf(own(value, name) ?? null);
    if (found !== null) return found;
    problems.push({
      at: `.${name}`,
      message: 'This must be a public key, or a list of them.',
      allowed: `text, or a list of at most ${mostKeys} texts`,
    });
    return [];
  });
  const credentials = {
    username: text(
      'username',
      (name) => userName.test(name),
      'This is no name that a guest would take for a user.',
      'at most 32 letters, digits, dots, dashes and underscores; a letter or underscore first',
    ),
    password: text(
      'password',
      (secret) => lineOnly.test(secret) && utf8.encode(secret).length <= longestPassword,
      'This must be text, in one line.',
      `at most ${longestPassword} bytes in UTF-8`,
    ),
    sshKeys: [...new Set(keys)],
  };
  return problems.length > 0 ? { problems } : { value: credentials };
};

function keysOf(value: JsonValue): readonly string[] | null {
  if (value === null) return [];
  const texts = isList(value) ? value : [value];
  if (
    texts.length > mostKeys ||
    !texts.every((text) => typeof text === 'string' && text.length <= longestUserData)
  )
    return null;
  const lines = texts.flatMap((text) => (text as string).split('\n')).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '');
  return keys.length <= mostKeys && keys.every((key) => lineOnly.test(key)) ? keys : null;
}

/** cloud-init's user-data as text; or an object that has it, as Spot's `startup`, whose text counts before its Base64. */
export const userDataReader: Reader<string | null> = (value) => {
  if (!isObject(value)) return userData(value);
  for (const name of ['technology', 'kind']) {
    const found = own(value, name) ?? 'cloud-init';
    if (typeof found !== 'string' || found.toLowerCase().replaceAll(/[-_ ]/g, '') !== 'cloudinit')
      return problem(undefined, 'Only cloud-init is possible.', { at: `.${name}`, allowed: 'cloud-init' });
  }
  const places: readonly (readonly [string, Reader<string | null>])[] = [
    ['user_data', userData],
    ['template', userData],
    ['b64_code', base64Reader],
  ];
  for (const [name, reader] of places) {
    const found = own(value, name) ?? '';
    if (found === '') continue;
    const read = reader(found);
    return 'value' in read ? read : { problems: read.problems.map((each) => ({ ...each, at: `.${name}` })) };
  }
  return { value: null };
};

function userData(value: JsonValue): Read<string | null> {
  if (typeof value === 'string' && value.length <= longestUserData && unicode.test(value)) {
    const answer = readUserData(value);
    if (answer.ok) return { value: value === '' ? null : value };
    return problem(undefined, `This begins with #cloud-config, but ${answer.problem}.`, {
      allowed: "cloud-init's user-data",
    });
  }
  return problem(undefined, "This must be cloud-init's user-data, as text.", {
    allowed: `text of at most ${longestUserData} characters`,
  });
}

/** The same in Base64, with or without line ends and padding. */
export const base64Reader: Reader<string | null> = (value) => {
  const wrong = problem(undefined, "This must be cloud-init's user-data: text in UTF-8, then in Base64.", {
    allowed: 'Base64',
  });
  if (typeof value !== 'string' || value.length > 2 * longestUserData) return wrong;
  try {
    const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    return userData(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return wrong;
  }
};

/** What was said of either, together; null: nothing. */
export function guestSetup(credentials: Credentials | null, data: string | null): GuestSetup | null {
  const { username = null, password = null, sshKeys = [] } = credentials ?? {};
  if (username === null && password === null && sshKeys.length === 0 && data === null) return null;
  return { username, password, sshKeys, userData: data };
}
