import { LibvirtError } from '../../../internal/libvirt/error.ts';
import type { DomainRef } from '../../../internal/libvirt/objects.ts';
import { createAgentChannel, type AgentDomain } from '../../../internal/guest-agent/agent-channel.ts';

export interface Sent {
  readonly execute: string;
  readonly arguments?: Record<string, unknown>;
}

export const uuid = '11111111-1111-4111-8111-111111111111';

export const libvirtError = (code: number, message = 'text') =>
  new LibvirtError({ code, domain: 10, level: 2, message, call: 'domains.agentCommand' });

/** A channel to agents that answer as `reply` says; undefined: never. */
export function fakeAgent(
  reply: (sent: Sent, domain: DomainRef) => unknown,
  domain: Partial<AgentDomain> = {},
) {
  const sent: Sent[] = [];
  const running: AgentDomain = { name: 'web', uuid, id: 1, agentConnected: true, ...domain };
  const domains = {
    async agentCommand(ref: DomainRef, text: string): Promise<string> {
      const command = JSON.parse(text) as Sent;
      sent.push(command);
      const answer = await reply(command, ref);
      if (typeof answer === 'string') return answer;
      return JSON.stringify({ return: answer });
    },
    freezeFilesystems: () => Promise.resolve(2),
    thawFilesystems: () => Promise.resolve(2),
  };
  const channel = createAgentChannel({
    client: { domains: domains as never },
    domain: (asked) =>
      domain.uuid === undefined || asked === domain.uuid ? { ...running, uuid: asked } : undefined,
  });
  return { channel, sent, domains };
}
