import type { LiveView } from '../../libvirt/live-view/live-view.ts';

/**
 * Resolves when the live view shows a domain as it is: who learns of an operation's end must not see what was before it. A
 * libvirt that went away is no reason to fail what was done.
 */
export async function shown(view: Pick<LiveView, 'refresh'>, uuid: string): Promise<void> {
  await view.refresh('domain', uuid).catch(() => undefined);
}
