import { authorize } from '../../../authorization/authorize.ts';
import type { Objects } from '../../../authorization/objects.ts';
import { atomosPolicy } from '../../../authorization/policy/http.ts';
import { callerOf } from '../client-gone.ts';
import type { Request, Response } from 'express';
import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Instances } from '../../../instances/instance.ts';
import { readOwner } from '../../../spec/register-body.ts';
import type { FieldError } from '../../../spec/spec.ts';
import { sendFieldErrors } from '../field-errors.ts';
import { readJsonBody } from '../json-body.ts';
import { sendJson } from '../json.ts';
import { instanceAnswer } from './instance-answer.ts';
import { asObject, instanceId } from './named.ts';

/** `running`: the VMs of the client that the body or the query names; 200 with an empty list when it has none. */
export function running(instances: Instances, objects: Objects) {
  return async (request: Request, response: Response): Promise<void> => {
    const owner = await ownerOf(request);
    if (typeof owner !== 'string') {
      sendFieldErrors(response, owner);
      return;
    }
    look('GET /running', owner, response, objects);
    // All are asked at once: each waits a moment at most.
    const answers = instances
      .list(owner)
      .map(async (instance) => instanceAnswer(instance, await instances.reach(instance.uuid)));
    sendJson(response, 200, await Promise.all(answers));
  };
}

/** `running/{vm_uuid}`: one VM of the client; 404 for another client's as for none. */
export function runningOne(instances: Instances, objects: Objects) {
  return async (request: Request<{ vm_uuid: string }>, response: Response): Promise<void> => {
    const owner = await ownerOf(request);
    const uuid = instanceId(request.params.vm_uuid, 'vm_uuid');
    if (typeof owner !== 'string' || typeof uuid !== 'string') {
      sendFieldErrors(response, [
        ...(typeof owner === 'string' ? [] : owner),
        ...(typeof uuid === 'string' ? [] : [uuid]),
      ]);
      return;
    }
    look('GET /running/:vm_uuid', owner, response, objects);
    const instance = instances.get(uuid);
    if (instance?.owner !== owner) throw new ProtiumError('not-found', `This client has no VM ${uuid}.`);
    sendJson(response, 200, instanceAnswer(instance, await instances.reach(uuid)));
  };
}

function look(name: string, owner: string, response: Response, objects: Objects): void {
  authorize(name, atomosPolicy[name], { client_uid: owner }, callerOf(response), objects);
}

async function ownerOf(request: Request<object>): Promise<string | readonly FieldError[]> {
  const body = await readJsonBody(request as Request);
  if (!body.ok) return body.errors;
  const owner = readOwner([
    { prefix: '', value: asObject(body.value) },
    { prefix: '', value: asObject(request.query) },
  ]);
  return typeof owner === 'string' ? owner : [owner];
}
