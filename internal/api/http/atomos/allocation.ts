import { creatorOf } from '../../v1/owned-by.ts';
import { authorize } from '../../../authorization/authorize.ts';
import type { Objects } from '../../../authorization/objects.ts';
import { atomosPolicy } from '../../../authorization/policy/http.ts';
import { callerOf } from '../client-gone.ts';
import type { Request, Response } from 'express';
import type { Audit } from '../../../audit/audit.ts';
import { off } from '../../../instances/addresses.ts';
import type { Instances } from '../../../instances/instance.ts';
import type { Logger } from '../../../observability/log.ts';
import type { Limits } from '../../../rate-limits/limits.ts';
import type { Refusal } from '../../../placement/plan.ts';
import { readCanallocateBody, readOwner, readRegisterBody } from '../../../spec/register-body.ts';
import type { FieldError } from '../../../spec/spec.ts';
import { sendFieldErrors } from '../field-errors.ts';
import { headerText, headerTexts } from '../header-text.ts';
import { readJsonBody } from '../json-body.ts';
import { sendJson } from '../json.ts';
import { requestAction } from '../request-action.ts';
import { instanceAnswer } from './instance-answer.ts';
import { asObject, instanceIdOf } from './named.ts';

export interface AllocationOptions {
  readonly audit: Pick<Audit, 'recorded'>;
  readonly limits: Limits;
  readonly instances: Instances;
  readonly objects: Objects;
  readonly log: Logger;
}

type Answer = (request: Request, response: Response) => Promise<void>;

/** What an empty body of canallocate asks for: whether there is room for anything. */
const smallest = { slots: 1, ramsize: 512, overprovision: 10, has_network: false };

/** `canallocate`: a dry run. 200 either way, with the plan or with every reason, and what would become of each device. */
export function canAllocate({
  instances,
  objects,
  limits,
}: Omit<AllocationOptions, 'audit' | 'log'>): Answer {
  return async (request, response) => {
    const body = await readJsonBody(request);
    const read = body.ok ? readCanallocateBody(body.value ?? smallest) : body;
    if (!read.ok) {
      sendFieldErrors(response, read.errors);
      return;
    }
    authorize(
      'POST /canallocate',
      atomosPolicy['POST /canallocate'],
      { req: read.spec },
      callerOf(response),
      objects,
    );
    await limits.count('plan', callerOf(response));
    const answer = await instances.check(read.spec, { owner: callerOf(response).project });
    const { devices } = answer;
    const { notices } = read;
    const { assumed } = read.spec;
    const told = answer.ok
      ? {
          canallocate: true,
          plan: answer.plan,
          assumed,
          notices: [...answer.plan.warnings, ...notices],
          devices,
        }
      : { canallocate: false, reasons: answer.refusal.reasons, assumed, notices, devices };
    sendJson(response, 200, told);
  };
}

/** `register`: 200 when the VM runs; 204, with the reasons in the header Protium-Reason, when the host cannot give it. */
export function register({ instances, objects, log, audit }: AllocationOptions): Answer {
  return async (request, response) => {
    const body = await readJsonBody(request);
    const read = body.ok ? readRegisterBody(body.value) : body;
    if (!read.ok) {
      sendFieldErrors(response, read.errors);
      return;
    }
    const { owner, name, spec } = read;
    log.info({ owner, name, assumed: spec.assumed }, 'a VM is asked for; what was not said is assumed');
    const action = requestAction(response, 'atomos/register', { kind: 'instance', id: name, project: owner });
    const policy = atomosPolicy['POST /register'];
    const outcome = await audit.recorded(
      action,
      () => {
        authorize('POST /register', policy, { client_uid: owner, req: spec }, callerOf(response), objects);
        return instances.register({ owner, name, spec, ...creatorOf(callerOf(response)) });
      },
      toldOf,
    );
    if (outcome.outcome === 'refused') {
      log.info({ owner, name, reasons: outcome.refusal.reasons }, 'a VM cannot be allocated');
      sendRefusal(response, reasonsText(outcome.refusal));
      return;
    }
    const notices = [...outcome.notices, ...read.notices];
    if (notices.length > 0) response.setHeader('Protium-Notice', headerTexts(notices));
    const { instance, xml } = outcome;
    // It has just been switched on: it has no address yet.
    sendJson(response, 200, { registered: true, ...instanceAnswer(instance, off), xml, notices });
  };
}

/** `unregister`: 200, or 204 with the reason in the header Protium-Reason; only the client that registered it may. */
export function unregister({ instances, objects, log, audit }: AllocationOptions): Answer {
  return async (request, response) => {
    const body = await readJsonBody(request);
    if (!body.ok) {
      sendFieldErrors(response, body.errors);
      return;
    }
    const fields = asObject(body.value);
    const owner = readOwner([{ prefix: '', value: fields }]);
    const uuid = instanceIdOf(fields);
    const purge = fields['purge'] ?? false;
    if (typeof owner !== 'string' || typeof uuid !== 'string' || typeof purge !== 'boolean') {
      const wrong: (string | FieldError)[] = [owner, uuid];
      if (typeof purge !== 'boolean') {
        wrong.push({
          path: 'purge',
          value: purge,
          message: 'purge is a yes or no.',
          allowed: 'true or false',
        });
      }
      sendFieldErrors(
        response,
        wrong.filter((part) => typeof part !== 'string'),
      );
      return;
    }
    const action = requestAction(response, 'atomos/unregister', {
      kind: 'instance',
      id: uuid,
      project: owner,
    });
    const policy = atomosPolicy['DELETE /unregister'];
    const outcome = await audit.recorded(
      action,
      () => {
        authorize('DELETE /unregister', policy, { client_uid: owner }, callerOf(response), objects);
        return instances.unregister({ owner, uuid, purge });
      },
      toldOf,
    );
    if (outcome.outcome === 'refused') {
      log.info({ owner, uuid, reason: outcome.reason }, 'a VM cannot be unregistered');
      // Another client's VM is not told from one that is not there.
      sendRefusal(response, 'there is no such VM of this client');
      return;
    }
    const { keptVolumes, notices } = outcome;
    if (notices.length > 0) response.setHeader('Protium-Notice', headerTexts(notices));
    sendJson(response, 200, { unregistered: true, uniqueID: uuid, keptVolumes, notices });
  };
}

/** What the audit record is told of an outcome. */
function toldOf({ outcome }: { readonly outcome: string }): { readonly result?: string } {
  return outcome === 'refused' ? { result: 'refused' } : {};
}

/** AtomOS's "cannot be": no body; the reasons stand beside it. */
function sendRefusal(response: Response, reason: string): void {
  response.setHeader('Protium-Reason', headerText(reason));
  response.writeHead(204).end();
}

function reasonsText({ reasons }: Refusal): string {
  return reasons.map(({ code, message }) => `${code}: ${message}`).join(' ');
}
