import { readCanallocateBody } from '../../../internal/spec/register-body.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { withoutSecrets } from '../../../internal/spec/specfile.ts';
import { Failure } from '../failure.ts';

/** What a config asks for. @throws Failure with every field that is wrong */
export function readSpec(config: unknown): { readonly spec: Spec; readonly hasSecrets: boolean } {
  const answer = readCanallocateBody(config);
  if (answer.ok) return { spec: withoutSecrets(answer.spec), hasSecrets: answer.spec.guest !== null };
  throw new Failure('argument-invalid', 'The config is wrong.', {
    exit: 'usage',
    reasons: answer.errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  });
}
