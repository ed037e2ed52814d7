import {
  InstanceMilestone,
  InstancesServiceService,
  type Instance,
} from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { awaitPort } from './await-port.ts';

export const guestMilestones = ['running', 'address', 'agent', 'ssh'] as const;
/** How far a guest has come; `ssh`: something answers at its port 22. */
export type GuestMilestone = (typeof guestMilestones)[number];

const milestones = {
  running: InstanceMilestone.INSTANCE_MILESTONE_RUNNING,
  address: InstanceMilestone.INSTANCE_MILESTONE_ADDRESS,
  agent: InstanceMilestone.INSTANCE_MILESTONE_AGENT,
} as const;

/** A call of the daemon waits so long at most; it is made again. */
const callMs = 30_000;
const sshPort = 22;

/** Waits until a guest has come so far; the sentence that tells where it is. Throws Failure `deadline-exceeded`. */
export async function awaitGuest(
  session: Pick<Session, 'daemon'>,
  name: string,
  milestone: GuestMilestone,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<string> {
  const deadline = Date.now() + timeoutMs;
  const instance = await awaitInstance(session, name, milestone === 'ssh' ? 'address' : milestone, deadline);
  const addresses = instance.addresses.map(({ address }) => address);
  if (milestone !== 'ssh') return addresses.length === 0 ? '' : `it is at ${addresses.join(', ')}\n`;
  return `ssh answers at ${await awaitPort(name, addresses, sshPort, deadline)}\n`;
}

/** The instance when it has come so far. */
export async function awaitInstance(
  { daemon }: Pick<Session, 'daemon'>,
  name: string,
  milestone: keyof typeof milestones,
  deadline: number,
): Promise<Instance> {
  for (;;) {
    const leftMs = Math.min(callMs, deadline - Date.now());
    const { reached, instance } = await daemon.call(
      InstancesServiceService.waitInstance,
      { instance: name, until: milestones[milestone], timeoutSeconds: Math.max(1, Math.ceil(leftMs / 1000)) },
      { timeoutMs: callMs + 10_000 },
    );
    if (reached && instance !== undefined) return instance;
    if (Date.now() >= deadline) throw late(name, milestone);
  }
}

const sentences = {
  running: 'does not run',
  address: 'has no address that is known',
  agent: 'has not been heard of by its agent',
};

function late(name: string, milestone: keyof typeof milestones): Failure {
  return new Failure('deadline-exceeded', `${name} ${sentences[milestone]} in time.`, {
    details: { instance: name, milestone },
  });
}
