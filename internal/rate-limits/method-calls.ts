import type { LimitedCall } from './limits.ts';

const calls: ReadonlyMap<string, LimitedCall> = new Map([
  ['createConsoleTicket', 'console-ticket'],
  ['findLeaseAvailability', 'plan'],
  ['importImage', 'image'],
  ['planInstance', 'plan'],
  ['planProvision', 'provision'],
  ['runProvision', 'provision'],
  ['takeScreenshot', 'screenshot'],
  ['uploadImage', 'image'],
]);

const gpueaterCalls: ReadonlyMap<string, LimitedCall> = new Map([
  ['create_image', 'image'],
  ['import_image', 'image'],
]);

/** What a method of protium.v1 counts as, by its name in lower camel case; undefined: it is not limited. */
export function limitedMethod(method: string): LimitedCall | undefined {
  return calls.get(method);
}

/** The same of a function of GPUEater's console. */
export function limitedFunction(name: string): LimitedCall | undefined {
  return gpueaterCalls.get(name);
}
