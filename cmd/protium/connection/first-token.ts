import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { readToken } from '../../../internal/identity/tokens/token-text.ts';
import { Failure } from '../failure.ts';
import type { Daemon } from './daemon.ts';

/** The token that a daemon of this machine made at its first start, where this user can read it; null: none. */
export function firstToken(env: NodeJS.ProcessEnv): string | null {
  const stateHome = env['XDG_STATE_HOME'] ?? '';
  const own = path.isAbsolute(stateHome) ? stateHome : path.join(homedir(), '.local/state');
  const directories = [env['PROTIUM_STATE_DIRECTORY'], '/var/lib/protium', path.join(own, 'protium')];
  for (const directory of directories) {
    if (directory === undefined || directory === '') continue;
    try {
      const text = readFileSync(path.join(directory, 'admin-token'), 'utf8').trim();
      if (readToken(text) !== null) return text;
    } catch {
      // Not this user's to read, or of another daemon.
    }
  }
  return null;
}

/**
 * A daemon that is called again, by the other way, where it does not know who calls. It may know the user by the connection,
 * and the token may be another daemon's: so the token comes second.
 */
export function withSecondTry(daemon: Daemon, other: () => Daemon): Daemon {
  let second: Daemon | null = null;
  const unknown = (error: unknown): boolean => error instanceof Failure && error.code === 'unauthenticated';
  const now = (): Daemon => second ?? daemon;
  return {
    async call(method, request, options) {
      try {
        return await now().call(method, request, options);
      } catch (error) {
        if (second !== null || !unknown(error)) throw error;
        second = other();
        return second.call(method, request, options);
      }
    },
    async *watch(method, request, options) {
      let seen = false;
      try {
        for await (const answer of now().watch(method, request, options)) {
          seen = true;
          yield answer;
        }
        return;
      } catch (error) {
        if (seen || second !== null || !unknown(error)) throw error;
      }
      second = other();
      yield* second.watch(method, request, options);
    },
    // What both sides send cannot be sent twice.
    send: (method, requests) => now().send(method, requests),
    converse: (method, options) => now().converse(method, options),
    close() {
      daemon.close();
      second?.close();
    },
  };
}
