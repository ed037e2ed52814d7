import { InvalidArgumentError } from 'commander';
import { TextProblem } from '../../cmd/protium/config-file/text-problem.ts';
import { Failure } from '../../cmd/protium/failure.ts';
import { catalogue } from '../../internal/errors/catalogue.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import { LibvirtConnectionError, LibvirtError, LibvirtProtocolError } from '../../internal/libvirt/error.ts';

/** Whether an error is a refusal that its sender can read: anything else that a parser throws is a fault of the parser. */
export function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof ProtiumError)
    return catalogue[thrown.code].http < 500 && thrown.message.length <= 2000;
  return (
    thrown instanceof LibvirtProtocolError ||
    thrown instanceof LibvirtConnectionError ||
    thrown instanceof LibvirtError ||
    thrown instanceof Failure ||
    thrown instanceof TextProblem ||
    thrown instanceof InvalidArgumentError
  );
}

/** Runs a parser; what it refuses is well, what it lets fall is not. */
export async function mayRefuse<Answer>(parse: () => Answer | Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await parse();
  } catch (thrown) {
    if (isRefusal(thrown)) return undefined;
    throw thrown;
  }
}
