import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LibvirtEvent } from '../../libvirt/events.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { parseXml } from '../../xml/parse.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { attachmentsOf, type Attachment } from './attachments.ts';

/** Takes something from what runs, when its guest lets go of it, and then from the definition. */
export async function detachDevice(options: {
  readonly client: LibvirtClient;
  readonly domain: DomainRef;
  readonly attachment: Attachment;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { client, domain, attachment } = options;
  if (attachment.running) await detachRunning(options);
  if (!attachment.configured) return;
  try {
    const { element } = attachment.device;
    await client.domains.detachDevice(domain, serializeXml(element), { config: true });
  } catch (error) {
    throw fromLibvirt(error, `take ${attachment.id} from its definition`);
  }
}

/** Rejects with ProtiumError `deadline-exceeded` when the guest has it still, `state-conflict` when it refuses. */
async function detachRunning({
  client,
  domain,
  attachment: { kind, id },
  deadlineMs,
  signal,
}: Parameters<typeof detachDevice>[0]): Promise<void> {
  /** As it runs at this moment; undefined: it is gone. */
  const present = async (): Promise<Attachment | undefined> => {
    const live = parseXml(await client.domains.xml(domain));
    return attachmentsOf(live, live).find((each) => each.kind === kind && each.id === id);
  };
  const found = await present();
  if (found === undefined) return;
  const { alias, element } = found.device;
  const answer = awaitAnswer(client, domain, alias, deadlineMs, signal);
  try {
    try {
      await client.domains.detachDevice(domain, serializeXml(element), { live: true });
    } catch (error) {
      throw fromLibvirt(error, `detach ${id}`);
    }
    // libvirt waits for the guest itself for some seconds: the event may have come before the call was answered.
    if ((await present()) === undefined) return;
    const said = await answer.said;
    if (said === 'removed' || (await present()) === undefined) return;
    throw new ProtiumError(
      said === 'refused' ? 'state-conflict' : 'deadline-exceeded',
      `The guest ${said === 'refused' ? 'refuses' : 'did not'} to let go of ${id}${said === 'refused' ? '' : ` within ${deadlineMs / 1000} s`}: ` +
        'it still has it, and nothing else was changed. Free it in the guest first, or stop the VM and detach it then.',
      { details: { uuid: domain.uuid, device: id } },
    );
  } finally {
    answer.stop();
  }
}

type Said = 'removed' | 'refused' | 'nothing';

/** What libvirt tells of a device that is to go. */
function awaitAnswer(
  client: LibvirtClient,
  { uuid }: DomainRef,
  alias: string | null,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): { readonly said: Promise<Said>; stop(): void } {
  let stop: () => void = () => undefined;
  const said = new Promise<Said>((resolve, reject) => {
    const timer = setTimeout(() => resolve('nothing'), deadlineMs);
    const aborted = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', aborted, { once: true });
    const unsubscribe = client.events.onEvent((event) => {
      const answer = answerIn(event, uuid, alias);
      if (answer !== null) resolve(answer);
    });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      unsubscribe();
    };
  });
  // Whoever stops listening early does not wait for it.
  said.catch(() => undefined);
  return { said, stop: () => stop() };
}

function answerIn(event: LibvirtEvent, uuid: string, alias: string | null): Said | null {
  if (event.kind === 'domain-device-removed' && event.domain.uuid === uuid && event.device === alias)
    return 'removed';
  if (event.kind === 'domain-device-removal-failed' && event.domain.uuid === uuid && event.device === alias)
    return 'refused';
  // It has ended: it has nothing any more.
  const ended = event.kind === 'domain-lifecycle' && event.domain.uuid === uuid && event.event === 'stopped';
  return ended ? 'removed' : null;
}
