import type { Firewall } from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';
import { ruleText } from '../firewall/rule-text.ts';
import { formatFields } from './table.ts';
import { formatFlag } from './units.ts';

/** All of one firewall. */
export function firewallFields(firewall: Firewall): string {
  const fields = [
    ['instance', firewall.instance],
    ['enabled', formatFlag(firewall.enabled)],
    ['default in', firewall.defaultIn],
    ['default out', firewall.defaultOut],
    ...firewall.rules.map((rule) => [rule.action, ruleText(rule)] as const),
    ['includes', firewall.includedFilter ?? ''],
    [
      'warning',
      firewall.changedByOthers ? 'others have changed the filter: there is more than these rules' : '',
    ],
    ...firewall.unfilteredMacs.map((mac) => ['unfiltered', mac] as const),
    ['etag', firewall.etag],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}
