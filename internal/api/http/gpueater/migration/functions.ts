import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { BeginChange, Change } from '../../../../instances/changes/begin-change.ts';
import type { Instances } from '../../../../instances/instance.ts';
import type { Migrations } from '../../../../migration/migrations.ts';
import type { MigrateInstance } from '../../../../migration/shape.ts';
import { isFinal } from '../../../../operations/model.ts';
import type { Operations } from '../../../../operations/operations.ts';
import type { GpueaterFunction } from '../function.ts';
import { ownInstance } from '../own-instance.ts';
import { requireHere } from './moved.ts';

export interface MigrationGroupParts {
  readonly instances: Pick<Instances, 'get'>;
  readonly begin: BeginChange;
  readonly migrate: Change<MigrateInstance>;
  readonly migrations: Pick<Migrations, 'list'>;
  readonly operations: Pick<Operations, 'list'>;
}

/** The group of moves to other hosts. */
export function migrationFunctions(parts: MigrationGroupParts): readonly GpueaterFunction[] {
  return [
    {
      name: 'live_migration',
      method: 'POST',
      path: '/live_migration',
      fields: [
        { name: 'instance_id', required: true, description: 'As instance_list has it.' },
        {
          name: 'region_id',
          required: true,
          description: 'The host where it is to go, as the operator names it.',
        },
        {
          name: 'offline',
          required: false,
          description: 'true: it is off, and its definition and disks move; the only way for one with a GPU.',
        },
      ],
      since: '0.1.0',
      description:
        'Moves an instance to another host as it runs. Answers with the transaction that does it; its floating address stays here and is given back.',
      listed: true,
      async handle({ user, form, setHeader }) {
        const id = form.text('instance_id');
        requireHere(parts.migrations, user.owner, id);
        const { uuid } = ownInstance(parts.instances, user.owner, id);
        const [target, offline] = [form.text('region_id'), form.flag('offline')];
        const { operation } =
          underWay(parts.operations, uuid, target) ??
          (await parts.begin(parts.migrate, uuid, (instance) => ({ ...instance, target, offline })));
        if (operation === null) throw new ProtiumError('internal', 'Nothing was begun.');
        setHeader('X-Transaction-Id', operation);
        return { transaction_id: operation };
      },
    },
  ];
}

/** The move to that host which is not over: some clients send a POST twice. */
function underWay(
  operations: Pick<Operations, 'list'>,
  uuid: string,
  target: string,
): { readonly operation: string } | undefined {
  const query = { resource: `instance/${uuid}`, kind: 'instance.migrate', limit: 1 };
  const [latest] = operations.list(query).operations;
  if (latest === undefined || isFinal(latest.state) || latest.cancelRequested) return undefined;
  return latest.input['target'] === target ? { operation: latest.id } : undefined;
}
