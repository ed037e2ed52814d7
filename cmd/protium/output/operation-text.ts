import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { OperationStepState } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { operationStates } from './enum-names.ts';
import type { Screen } from './screen.ts';
import { stateCell } from './state-cell.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** A line an operation. */
export function operationTable(operations: readonly Operation[], screen: Screen): string {
  const rows = operations.map((operation) => [
    { text: operation.id },
    { text: operation.kind },
    stateCell(operationStates.name(operation.state), screen),
    { text: percent(operation) },
    { text: resourceText(operation.resources) },
    { text: formatTime(operation.createTime) },
    { text: formatTime(operation.endTime) },
  ]);
  return formatTable(['ID', 'KIND', 'STATE', 'DONE', 'RESOURCES', 'BEGAN', 'ENDED'], rows);
}

/** All of one operation. */
export function operationFields(operation: Operation): string {
  const fields: (readonly [string, string])[] = [
    ['id', operation.id],
    ['kind', operation.kind],
    ['state', operationStates.name(operation.state)],
    ['done', `${percent(operation)} ${operation.progress?.message ?? ''}`],
    ['resources', operation.resources.join(', ')],
    ['began', formatTime(operation.createTime)],
    ['ended', formatTime(operation.endTime)],
    ['error', operation.error === undefined ? '' : `${operation.error.message} (${operation.error.code})`],
    ...(operation.error?.leftBehind ?? []).map((what) => ['left behind', what] as const),
    ...operation.steps.map(
      ({ title, state }) => ['step', `${stepStates.get(state) ?? ''} ${title}`] as const,
    ),
  ];
  return formatFields(fields.filter(([, value]) => value.trim() !== ''));
}

/** A line for each change of an operation that is watched. */
export function operationLine(operation: Operation): string {
  const { state, progress, updateTime } = operation;
  const parts = [formatTime(updateTime), operationStates.name(state), percent(operation), progress?.message];
  return `${parts.filter((part) => part !== undefined && part !== '').join('  ')}\n`;
}

const stepStates = new Map<OperationStepState, string>([
  [OperationStepState.OPERATION_STEP_STATE_PENDING, 'pending'],
  [OperationStepState.OPERATION_STEP_STATE_STARTED, 'started'],
  [OperationStepState.OPERATION_STEP_STATE_DONE, 'done'],
  [OperationStepState.OPERATION_STEP_STATE_UNDONE, 'undone'],
  [OperationStepState.OPERATION_STEP_STATE_UNDO_FAILED, 'undo failed'],
]);

function percent({ progress }: Operation): string {
  return `${Math.floor((progress?.fraction ?? 0) * 100)} %`;
}

/** Uuids and paths make it long: the first is what people know it by. */
function resourceText([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} +${more.length}`;
}
