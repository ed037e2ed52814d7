import type { Response } from 'express';
import type { Action } from '../../../audit/entry.ts';
import type { User } from '../../../identity/identity.ts';
import { requestAction } from '../request-action.ts';
import type { Form, GpueaterFunction } from './function.ts';

/** The field that says what a function is about: the first that is there. No other field is looked at. */
const kindOfField: readonly (readonly [field: string, kind: string])[] = [
  ['snapshot_id', 'snapshot'],
  ['volume_id', 'volume'],
  ['fingerprint', 'image'],
  ['connection_id', 'floating-address'],
  ['subscription_id', 'subscription'],
  ['transaction_id', 'transaction'],
  ['id', 'key-pair'],
];

/** Whether a call of the function is recorded: what it changes, or that it hands out a key. */
export function isRecorded({ name, method }: Pick<GpueaterFunction, 'name' | 'method'>): boolean {
  return method === 'POST' || name === 'generate_ssh_key';
}

/** What a function is to do, as the audit record tells it. */
export function gpueaterAction(response: Response, name: string, user: User, form: Form): Action {
  const action = requestAction(response, `gpueater/${name}`, { ...subjectOf(form), project: user.owner });
  return {
    ...action,
    actor: { ...action.actor, way: 'access-key', user: user.name, project: user.owner },
  };
}

function subjectOf(form: Form): { readonly kind: string; readonly id: string } {
  const fields = new Map(form.entries());
  const textOf = (field: string): string => {
    const value = fields.get(field);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  for (const [field, kind] of kindOfField) {
    const id = textOf(field);
    if (id !== '') return { kind, id };
  }
  const ids = instanceIdsOf(form);
  return ids === '' ? { kind: '', id: '' } : { kind: 'instance', id: ids };
}

/** What is malformed the function itself refuses. */
function instanceIdsOf(form: Form): string {
  try {
    return form.instanceIds().join(' ');
  } catch {
    return '';
  }
}
