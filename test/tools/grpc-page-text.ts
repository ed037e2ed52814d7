/** The part of docs/grpc.md that does not stand in the contracts. */
export const text = `# gRPC

<!-- Made from proto/ and test/tools/grpc-page-text.ts. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/api/grpc/grpc-page.test.ts -->

Port 7001, loopback unless configured; plaintext, or TLS with \`PROTIUM_GRPC_SERVER_CERT\` and \`_KEY\`. Messages are at most
4 MiB. The contracts are in \`proto/\`; the server gives them out itself by reflection, so that most clients need no files.

| service | |
|---|---|
| \`manager.ManagerService\` | the Cocos manager's, by its name since July 2023 |
| \`manager_proto.ManagerService\` | the same by its earlier name: same calls, same messages |
| \`protium.v1.DomainsService\` | the domains that libvirt has |
| \`protium.v1.OperationsService\` | the changes that Protium makes: list, watch, cancel |
| \`protium.v1.ComputationsService\` | what \`Run\` has taken |
| \`protium.v1.ConsolesService\` | consoles, their logs, screenshots ([consoles.md](consoles.md)) |
| \`protium.v1.GuestsService\` | what the agent does in a guest ([guest-agent.md](guest-agent.md)) |
| \`protium.v1.HostService\` | what the host has, who has it, what stands in the way |
| \`grpc.health.v1.Health\` | SERVING while libvirt is connected, else NOT_SERVING; for \`""\` and each service above; \`Check\`, \`List\`, \`Watch\` |
| \`grpc.reflection.v1.ServerReflection\`, \`v1alpha\` | the contracts, each file with everything that it imports |

Protium itself calls one service, \`agent.AgentService\`, at \`AGENT_GRPC_URL\`: it is described at the end.

## Metadata

| key | direction | |
|---|---|---|
| \`x-request-id\` | both | The client's id (1 to 128 of \`A-Z a-z 0-9 _ . : -\`), or a new UUID; it stands in the log too. After an error it is among the trailers. |
| \`authorization\` | request | \`Bearer TOKEN\`: who calls, where the kernel does not tell; \`protium.v1.TokensService/CreateToken\` makes tokens ([access.md](access.md)). |
| \`traceparent\` | request | W3C trace context: the call continues that trace, where traces are sent. |
| \`protium-notice\` | answer, initial | What was changed in the documents so that they run here, e.g. emulation for want of KVM. |
| \`protium-error-code\` | trailer | The code of the error catalogue. |
| \`grpc-status-details-bin\` | trailer | \`google.rpc.Status\` with one \`google.rpc.ErrorInfo\`. |

## Errors

The status and what it means by code: [errors.md](errors.md). The message says what is wrong and what to do. Decide by
\`protium-error-code\`, or by ErrorInfo: \`reason\` is the code in upper case with underscores (\`FILE_NOT_FOUND\`), \`domain\` is
\`protium\`, \`metadata\` has the facts (lists as JSON). A deadline or a cancel of the client ends the work: what a creation
has done so far is undone.

With \`MANAGER_COCOS_EMPTY_ERRORS=1\` the two Cocos services answer errors as the original did: UNKNOWN with the message
\`entity not found\` where a file cannot be read, the agent's own status and message where the agent refused, and UNKNOWN
with \`malformed entity specification\` for whatever else is wrong with a request; no details. What the original knew no
answer for (libvirt cannot be reached, a deadline has passed) keeps the catalogue's.

## Examples

\`npx buf\` in the checkout, or a buf of your own; with TLS \`https://…\` and \`--cacert FILE\` instead of
\`--http2-prior-knowledge\`:

\`\`\`
buf curl --protocol grpc --http2-prior-knowledge http://localhost:7001 --list-services
buf curl --protocol grpc --http2-prior-knowledge --data '{}' http://localhost:7001/manager.ManagerService/CreateDomain
buf curl --protocol grpc --http2-prior-knowledge --data '{}' http://localhost:7001/protium.v1.DomainsService/ListDomains
\`\`\`

With Python (\`pip install grpcio-tools\`, or Debian's python3-grpc-tools), after
\`python3 -m grpc_tools.protoc -I proto --python_out=. --grpc_python_out=. manager/manager.proto\`:

\`\`\`python
import grpc
from manager import manager_pb2, manager_pb2_grpc

with grpc.insecure_channel("localhost:7001") as channel:
    manager = manager_pb2_grpc.ManagerServiceStub(channel)
    try:
        print(manager.CreateDomain(manager_pb2.CreateDomainRequest(), timeout=120).name)
    except grpc.RpcError as error:
        print(error.code(), error.details(), dict(error.trailing_metadata()).get("protium-error-code"))
\`\`\`
`;
