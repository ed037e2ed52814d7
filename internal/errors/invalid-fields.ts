import type { FieldError } from '../spec/spec.ts';
import { ProtiumError } from './protium-error.ts';

/** `argument-invalid` that knows each field that is wrong. */
export class InvalidFields extends ProtiumError {
  readonly fields: readonly FieldError[];

  constructor(fields: readonly FieldError[], options: { cause?: unknown } = {}) {
    const paths = fields.map(({ path }) => (path === '' ? 'body' : path));
    const texts = fields.map(({ message }, index) => `${paths[index] ?? 'body'}: ${message}`);
    super('argument-invalid', texts.join(' '), { ...options, details: { fields: paths } });
    this.fields = fields;
  }
}
