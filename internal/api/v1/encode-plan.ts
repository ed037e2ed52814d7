import type { PlacementAnswer } from '../../placement/plan.ts';
import type { SpecAnswer } from '../../spec/spec.ts';
import type { PlanInstanceResponse } from '../grpc/generated/protium/v1/instances.ts';

/** What a config would get of this host, with what was assumed in reading it. */
export function planned(
  answer: PlacementAnswer,
  { spec, notices }: Extract<SpecAnswer, { ok: true }>,
): PlanInstanceResponse {
  const assumed = [...spec.assumed];
  const devices = answer.devices.map(({ name, driver, iommuGroup, ...device }) => ({
    ...device,
    name: name ?? undefined,
    driver: driver ?? undefined,
    iommuGroup: iommuGroup ?? undefined,
  }));
  if (answer.ok) {
    const { warnings } = answer.plan;
    const plan = { ...answer.plan };
    return { allocatable: true, plan, reasons: [], devices, notices: [...warnings, ...notices], assumed };
  }
  const reasons = answer.refusal.reasons.map(({ code, subject, message, fix, temporary }) => ({
    code,
    subject,
    message,
    fix: fix ?? undefined,
    temporary,
  }));
  return { allocatable: false, plan: undefined, reasons, devices, notices: [...notices], assumed };
}
