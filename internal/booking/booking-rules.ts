import type { Capability, Maximum } from './capability.ts';

/** Ports of the host that bookings may have; 10000 is AIVC's own. */
export const bookingPorts: { readonly first: number; readonly last: number } = {
  first: 10_001,
  last: 11_000,
};

/** What was asked for, or what AIVC's dialogue says instead. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** "cpus memory gpus", as `8 32 1`, within the maximum. */
export function askedCapability(answer: string, maximum: Maximum): Answer<Capability> {
  const parts = answer.trim().split(/\s+/).filter(Boolean);
  if (parts.length !== 3) {
    return refuse(`InputError: Incorrect number of parameters: expected 3, received ${parts.length}`);
  }
  const [cpus = '', memory = '', gpus = ''] = parts;
  if (!/^\d{1,6}(?:\.\d{1,3})?$/.test(cpus)) return refuse('ValueError: cpus must be float');
  if (!/^\d{1,7}$/.test(memory)) return refuse('ValueError: memory must be int');
  if (!/^\d{1,4}$/.test(gpus)) return refuse('ValueError: gpus must be int');
  const asked = { cpus: Number(cpus), memoryGb: Number(memory), gpus: Number(gpus) };
  const problem =
    outside('cpus', asked.cpus, 1, maximum.cpus) ??
    outside('memory', asked.memoryGb, 1, maximum.memoryGb) ??
    outside('gpus', asked.gpus, 0, maximum.gpus);
  return problem === null ? { ok: true, value: asked } : refuse(problem);
}

function outside(name: string, value: number, least: number, most: number): string | null {
  return value < least || value > most ? `RequireError: ${name}: ${least} ~ ${most}` : null;
}

/** Why it must not be a password; null: it may. */
export function passwordProblem(password: string): string | null {
  if (password.length < 4) return 'ValueError: The password must have at least 4 characters.';
  // What crypt takes, and what a guest's prompt can be given.
  if (!/^[\u0020-\u007e]{4,72}$/.test(password)) {
    return 'ValueError: The password must be of at most 72 letters, digits and signs of ASCII.';
  }
  if (['1234', '4321', '1qaz', '=0-9'].includes(password) || /^(.)\1*$/.test(password)) {
    return 'ValueError: The password is too simple.';
  }
  return null;
}

/** A port that a booking may have. */
export function askedPort(answer: string): Answer<number> {
  const port = /^\d{1,5}$/.test(answer.trim()) ? Number(answer) : Number.NaN;
  if (port >= bookingPorts.first && port <= bookingPorts.last) return { ok: true, value: port };
  return refuse(`ValueError: The forward port must be ${bookingPorts.first} ~ ${bookingPorts.last}.`);
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
