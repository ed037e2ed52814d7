import { isList, isObject, own, type Problem, type Read } from './reading.ts';
import type { GuestSetup, JsonValue } from './spec.ts';

const longestUserData = 1024 * 1024;

/** Names under which a config carries what is for the guest alone. Their values never come back in an error. */
export const guestKeys = [
  'authentication',
  'auth',
  'userAuth',
  'cloudinit',
  'startup',
  'cloud_init_b64',
] as const;

/** Reads user, password, keys and cloud-init's user-data; null: nothing is said. */
export function readGuestSetup(of: (key: string) => JsonValue | undefined): Read<GuestSetup | null> {
  const problems: Problem[] = [];
  const wrong = (at: string, message: string): null => {
    problems.push({ at, message });
    return null;
  };
  const textAt = (holder: JsonValue | undefined, at: string, names: readonly string[]): string | null => {
    for (const name of names) {
      const value = own(holder, name) ?? null;
      if (value === null || value === '') continue;
      if (typeof value === 'string' && value.length <= longestUserData) return value;
      return wrong(`${at}.${name}`, 'This must be text.');
    }
    return null;
  };

  const credentials = (['authentication', 'auth', 'userAuth'] as const).flatMap((key) => {
    const value = of(key) ?? null;
    if (value === null) return [];
    if (!isObject(value)) {
      wrong(key, 'This must be an object with username, password and ssh-key.');
      return [];
    }
    return [
      {
        username: textAt(value, key, ['username']),
        password: textAt(value, key, ['password']),
        key: textAt(value, key, ['ssh-key', 'ssh_key', 'sshKey']),
      },
    ];
  });
  const startup = of('startup') ?? null;
  const userData =
    textOf(of('cloudinit')) ??
    textAt(startup, 'startup', ['user_data', 'template']) ??
    decoded(textAt(startup, 'startup', ['b64_code'])) ??
    decoded(textOf(of('cloud_init_b64')));
  if (problems.length > 0) return { problems };
  const [first] = credentials;
  const sshKeys = credentials.flatMap(({ key }) => key ?? []);
  const setup = { username: first?.username ?? null, password: first?.password ?? null, sshKeys, userData };
  const empty =
    setup.username === null && setup.password === null && sshKeys.length === 0 && userData === null;
  return { value: empty ? null : setup };
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string' && value !== '') return value;
  if (isList(value) || isObject(value)) return textOf(own(value, 'user_data'));
  return null;
}

/** Base64 is taken leniently, as cloud-init's own readers do. */
function decoded(base64: string | null): string | null {
  if (base64 === null) return null;
  const bytes = Uint8Array.from(atobLenient(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function atobLenient(base64: string): string {
  try {
    return atob(base64.replaceAll(/[^A-Za-z0-9+/]/g, ''));
  } catch {
    return '';
  }
}
