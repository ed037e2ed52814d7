import { readCanallocateBody } from './register-body.ts';
import type { SpecAnswer } from './spec.ts';

/** By the config itself: it goes with the request that brought it. */
const read = new WeakMap<object, SpecAnswer>();

/**
 * A config as requests bring it, read once for all who look at it: what was allowed is then exactly what is done, and nobody
 * waits for it twice. Nobody changes a config after it was decoded.
 *
 * @param config parsed JSON; anything else is an error of the answer
 */
export function readConfigOnce(config: unknown): SpecAnswer {
  if (typeof config !== 'object' || config === null) return readCanallocateBody(config);
  const before = read.get(config);
  if (before !== undefined) return before;
  const answer = readCanallocateBody(config);
  read.set(config, answer);
  return answer;
}
