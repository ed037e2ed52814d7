import {
  InstancesServiceService,
  type CreateInstanceRequest,
  type CreateInstanceResponse,
} from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import type { Session } from '../session.ts';
import { awaitOperations } from './await-operations.ts';
import { requireSuccess } from './ended.ts';

/** Makes an instance; with `wait` the answer's operation is the one that has succeeded. */
export async function createInstance(
  session: Session,
  request: CreateInstanceRequest,
  wait: boolean,
): Promise<CreateInstanceResponse> {
  const { daemon, output } = session;
  const { name: subject } = request;
  const answer = await daemon.call(InstancesServiceService.createInstance, request);
  if (output.format === 'table') for (const notice of answer.notices) output.note(`note: ${notice}`);
  const { operation } = answer;
  if (!wait || operation === undefined) return answer;
  const [ended = operation] = await awaitOperations(session, [{ subject, operation }]);
  requireSuccess(ended, subject);
  return { ...answer, operation: ended };
}
