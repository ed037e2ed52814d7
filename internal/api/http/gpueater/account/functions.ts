import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { OperationRecord } from '../../../../operations/model.ts';
import type { Operations } from '../../../../operations/operations.ts';
import type { GpueaterField, GpueaterFunction } from '../function.ts';
import { apiList } from './api-list.ts';
import { transactionOf } from './transaction.ts';

const since = '0.1.0';
const transactionId: GpueaterField = {
  name: 'transaction_id',
  required: true,
  description: 'As the answer that began it has it.',
};

export interface AccountGroupParts {
  readonly operations: Pick<Operations, 'get' | 'cancel'>;
  /** The whole table, this group with it. */
  readonly all: () => readonly GpueaterFunction[];
}

/** What is of the account and not of a thing in it. */
export function accountFunctions(parts: AccountGroupParts): readonly GpueaterFunction[] {
  const { operations } = parts;
  const ownTransaction = (owner: string, id: string): OperationRecord => {
    const record = operations.get(id);
    if (record?.owner === owner) return record;
    throw new ProtiumError('not-found', `There is no transaction "${id.slice(0, 64)}".`);
  };
  return [
    {
      name: 'api_list',
      method: 'GET',
      path: '/api_list',
      fields: [],
      since,
      description: 'The functions of this API: routes, fields, and since when there they are.',
      listed: true,
      handle: () => Promise.resolve(apiList(parts.all())),
    },
    {
      name: 'peak_transaction',
      method: 'POST',
      path: '/peak_transaction',
      fields: [transactionId],
      since,
      description: 'How far something is that takes its time.',
      listed: true,
      handle: ({ user, form }) =>
        Promise.resolve(transactionOf(ownTransaction(user.owner, form.text('transaction_id')))),
    },
    {
      name: 'cancel_transaction',
      method: 'POST',
      path: '/cancel_transaction',
      fields: [transactionId],
      since,
      description: 'Ends something that takes its time, and takes back what it has done.',
      listed: true,
      handle: async ({ user, form }) => {
        const { id } = ownTransaction(user.owner, form.text('transaction_id'));
        return transactionOf(await operations.cancel(id));
      },
    },
    {
      name: 'card_list',
      method: 'GET',
      path: '/card_list',
      fields: [],
      since,
      description: 'No cards: nothing is charged here.',
      listed: false,
      handle: () => Promise.resolve([]),
    },
    {
      name: 'has_available_card',
      method: 'GET',
      path: '/has_available_card',
      fields: [],
      since,
      description: 'True: nothing is charged here, so no card is missing.',
      listed: false,
      handle: () => Promise.resolve(true),
    },
    ...['register_card', 'delete_card'].map((name) => ({
      name,
      method: 'POST' as const,
      path: `/${name}`,
      fields: [],
      since,
      description: 'Refused: nothing is charged here, and no number of a card is kept.',
      listed: false,
      handle: refused('permission-denied', 'Cards are not used here: nothing is charged.'),
    })),
    ...forAdministrators.map(({ method, name }) => ({
      name,
      method,
      path: `/${name}`,
      fields: [],
      since,
      description:
        'Refused: users of this API are no administrators; those have the native API and `protium`.',
      listed: false,
      handle: refused('permission-denied', 'This is for administrators: use the native API or `protium`.'),
    })),
  ];
}

/** What GPUEater's own staff used; the client has the functions all the same. */
const forAdministrators: readonly {
  readonly method: 'GET' | 'POST';
  readonly name: string;
}[] = [
  { method: 'GET', name: 'image_list_for_admin' },
  { method: 'GET', name: 'machine_resource_list_for_admin' },
  { method: 'GET', name: 'instance_list_for_admin' },
  { method: 'GET', name: 'product_list_for_admin' },
  { method: 'POST', name: 'launch_as_admin' },
  { method: 'POST', name: 'assign_instance_for_admin' },
  { method: 'POST', name: 'assign_network_for_admin' },
  { method: 'POST', name: 'update_machine_resource_for_admin' },
  { method: 'POST', name: 'delete_machine_resource_for_admin' },
  { method: 'POST', name: 'live_migration_for_admin' },
];

function refused(code: 'permission-denied', message: string): () => Promise<never> {
  return () => Promise.reject(new ProtiumError(code, message));
}
