/** A domain on one of the two hosts. `paused`: also while it is being received. `unknown`: that host cannot be asked. */
export type Presence = 'absent' | 'off' | 'paused' | 'running' | 'unknown';

/** What a VM that was sent away has come to, and what is left to be done. */
export type Settlement =
  /** It runs there; of here nothing is left. */
  | { readonly outcome: 'moved'; readonly resumeThere: boolean; readonly removeHere: boolean }
  /** It is here; what is there is a half. */
  | { readonly outcome: 'stayed'; readonly resumeHere: boolean; readonly removeThere: boolean }
  /** Nobody can tell: nothing must be touched. */
  | { readonly outcome: 'unknown'; readonly why: string };

/**
 * Which of two domains is the VM, once libvirt no longer moves it: never both, never none. libvirt lets the other one run only
 * after the one here has stopped for good, so one that runs there is the VM, and while the one here runs the other is a half. Pure.
 */
export function settlement(here: Presence, there: Presence): Settlement {
  if (here === 'unknown') return { outcome: 'unknown', why: 'this host cannot be asked' };
  if (there === 'running') {
    if (here === 'running') return { outcome: 'unknown', why: 'it runs on both hosts' };
    return { outcome: 'moved', resumeThere: false, removeHere: here !== 'absent' };
  }
  if (here === 'running') return { outcome: 'stayed', resumeHere: false, removeThere: there !== 'absent' };
  if (there === 'unknown') {
    return { outcome: 'unknown', why: 'it does not run here, and the other host cannot be asked' };
  }
  if (here === 'paused') return { outcome: 'stayed', resumeHere: true, removeThere: there !== 'absent' };
  // Its guest may have ended in the middle, on either side.
  if (here === 'off') return { outcome: 'stayed', resumeHere: false, removeThere: there !== 'absent' };
  if (there === 'absent') return { outcome: 'unknown', why: 'it is on neither host' };
  return { outcome: 'moved', resumeThere: there === 'paused', removeHere: false };
}
