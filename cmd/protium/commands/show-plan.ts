import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import type { Config } from '../config-file/parse-config.ts';
import { incapable } from '../connection/call-error.ts';
import { Failure } from '../failure.ts';
import { planText } from '../output/plan-text.ts';
import type { Session } from '../session.ts';

/**
 * A dry run: shows what a config would get. Throws Failure `host-incapable` when this host cannot give it.
 *
 * @param owner id of the project for which it is planned; empty: the caller's own
 */
export async function showPlan({ daemon, output }: Session, config: Config, owner: string): Promise<void> {
  const method = InstancesServiceService.planInstance;
  const answer = await daemon.call(method, { config, owner });
  const { allocatable, reasons, notices } = answer;
  if (output.format === 'table') for (const notice of notices) output.note(`note: ${notice}`);
  if (allocatable || output.format !== 'table') {
    output.answer(method, answer, { names: [], text: () => planText(answer) });
  }
  if (allocatable) return;
  throw new Failure('host-incapable', incapable, {
    exit: 'refused',
    reasons: reasons.map(
      ({ code, message, fix }) => `${code}: ${message}${fix === undefined ? '' : ` ${fix}`}`,
    ),
  });
}
