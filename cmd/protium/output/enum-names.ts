import { DomainState } from '../../../internal/api/grpc/generated/protium/v1/domains.ts';
import { OperationState } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';

/** Values of a protobuf enum by the names that people use: DOMAIN_STATE_RUNNING is `running`. */
export interface EnumNames<Value extends number> {
  readonly names: readonly string[];
  name(value: Value): string;
  value(name: string): Value | undefined;
}

export const domainStates = enumNames<DomainState>(DomainState, 'DOMAIN_STATE_');
export const operationStates = enumNames<OperationState>(OperationState, 'OPERATION_STATE_');

function enumNames<Value extends number>(
  values: Readonly<Record<string, Value>>,
  prefix: string,
): EnumNames<Value> {
  const shortened = Object.entries(values)
    .filter(([name]) => name.startsWith(prefix) && !name.endsWith('_UNSPECIFIED'))
    .map(([name, value]) => [name.slice(prefix.length).toLowerCase(), value] as const);
  const byName = new Map(shortened);
  const byValue = new Map(shortened.map(([name, value]) => [value, name]));
  return {
    names: [...byName.keys()],
    name: (value) => byValue.get(value) ?? String(value),
    value: (name) => byName.get(name),
  };
}
