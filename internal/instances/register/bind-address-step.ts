import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Step } from '../../operations/definition.ts';
import { shown } from '../lifecycle/shown.ts';
import type { RegisterInstance } from './shape.ts';

/** Floating addresses, as far as the making of an instance needs them. */
export interface AddressBinding {
  /** Rejects where no address can lead to the instance. */
  bind(uuid: string, owner: string): Promise<void>;
  /** Gives back what was bound, with what was reserved for it. Must bear being called twice, and with nothing bound. */
  release(uuid: string): Promise<void>;
}

/** Binds a floating address: who is promised one gets no instance without. */
export function bindAddress(
  binding: AddressBinding,
  view: Pick<LiveView, 'refresh'>,
): Step<RegisterInstance, 'bind-address'> {
  return {
    name: 'bind-address',
    title: 'bind a floating address',
    async do({ input: { uuid, owner } }) {
      // The rules are made for what the view shows to run.
      await shown(view, uuid);
      await binding.bind(uuid, owner);
    },
    undo: ({ input: { uuid } }) => binding.release(uuid),
    leftBehind: ({ input: { uuid } }) => `its floating address: protium address release ${uuid}`,
  };
}
