import type { DeviceCare } from '../../devices/device-care.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import { LibvirtError, LibvirtTimeoutError } from '../../libvirt/error.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step, StepRun } from '../../operations/definition.ts';
import { orAbsent } from '../from-documents/absent.ts';
import { deviceNotices } from './device-notices.ts';
import { activeDomain } from './find-domain.ts';
import { shown } from './shown.ts';
import { instanceResources, type InstanceTarget } from './target.ts';

/** The operation `instance.stop`. */
export interface StopInstance {
  readonly input: InstanceTarget & {
    /** How long the guest may take; 0: it is not asked. */
    readonly timeoutMs: number;
    /** Fail, and leave it running, when it does not end in time. */
    readonly onlyAsk: boolean;
  };
  readonly result: { readonly uuid: string; readonly forced: boolean; readonly notices: readonly string[] };
  readonly steps: {
    'ask-guest': { facts?: never };
    'end-domain': { facts: { forced: boolean } };
    'give-back-devices': { facts: { notices: string[] } };
  };
}

/** Presses the power button, and pulls the plug when the guest does not end in time; then gives its devices back. */
export function stopInstance(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'waitForDomain'>,
  care: DeviceCare,
): OperationDefinition<StopInstance> {
  const askGuest: Step<StopInstance, 'ask-guest'> = {
    name: 'ask-guest',
    title: 'ask the guest to end',
    async do(run) {
      const { uuid, timeoutMs, onlyAsk } = run.input;
      if (timeoutMs === 0) return;
      const domain = await activeDomain(client, uuid);
      if (domain === null) return;
      try {
        await client.domains.shutdown(domain, {});
        await untilOff(view, run, timeoutMs);
      } catch (error) {
        // What cannot be asked (it is suspended, it has just ended) is what the plug is for.
        const refused = error instanceof LibvirtError || error instanceof LibvirtTimeoutError;
        if (!refused) throw error;
        if (!onlyAsk) return;
        if (error instanceof LibvirtError) throw fromLibvirt(error, 'ask the guest to end');
        throw new ProtiumError(
          'deadline-exceeded',
          `The guest did not end within ${timeoutMs / 1000} s; it goes on. Stop it without onlyAsk to pull the plug.`,
          { details: { uuid } },
        );
      }
    },
  };
  const end: Step<StopInstance, 'end-domain'> = {
    name: 'end-domain',
    title: 'end the domain',
    irreversible: true,
    async do({ input }) {
      const domain = await activeDomain(client, input.uuid);
      if (domain === null) return { forced: false };
      await orAbsent(client.domains.destroy(domain), virError.operationInvalid);
      return { forced: input.timeoutMs > 0 };
    },
  };
  const giveBack: Step<StopInstance, 'give-back-devices'> = {
    name: 'give-back-devices',
    title: 'give its devices back to the host',
    irreversible: true,
    do: async ({ input }) => ({ notices: deviceNotices(await care.giveBack(input.uuid)) }),
  };
  return {
    kind: 'instance.stop',
    // Cut short while the guest is asked, it is over: a guest that takes its hour must not hold up what comes after a restart.
    onRestart: 'undo',
    resources: instanceResources,
    steps: () => [askGuest, end, giveBack],
    async result(run) {
      const { uuid } = run.input;
      await shown(view, uuid);
      return {
        uuid,
        forced: run.data('end-domain').forced,
        notices: run.data('give-back-devices').notices,
      };
    },
  };
}

async function untilOff(
  view: Pick<LiveView, 'waitForDomain'>,
  { input, signal }: StepRun<StopInstance>,
  deadlineMs: number,
): Promise<void> {
  await view.waitForDomain(input.uuid, (domain) => (domain?.id ?? null) === null, { signal, deadlineMs });
}
