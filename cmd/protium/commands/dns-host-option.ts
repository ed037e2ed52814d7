import type { DnsHost } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { parseDnsHost } from './parse-port.ts';

/** One more `ADDRESS=NAME[,NAME]`. */
export function collectDnsHost(text: string, before: readonly DnsHost[]): readonly DnsHost[] {
  return [...before, parseDnsHost(text)];
}
