import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import type { DescriptorIndex } from './descriptors.ts';
import {
  ServerReflectionClient,
  ServerReflectionService,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  type ServerReflectionServer,
} from './generated/grpc/reflection/v1/reflection.ts';
import {
  ServerReflectionClient as AlphaServerReflectionClient,
  ServerReflectionService as AlphaServerReflectionService,
} from './generated/grpc/reflection/v1alpha/reflection.ts';
import type { GrpcService } from './grpc-service.ts';

type Answer = ServerReflectionResponse['messageResponse'];

/**
 * grpc.reflection v1 and v1alpha. A file is always sent with everything that it imports: clients that build a schema
 * from the answer fail without. `services`: full names of the other services; reflection adds its own.
 */
export function reflectionServices(
  descriptors: DescriptorIndex,
  services: readonly string[],
): readonly GrpcService[] {
  const names = [ServerReflectionClient.serviceName, AlphaServerReflectionClient.serviceName];
  const listed = [...services, ...names].sort();
  // Both versions have the same messages.
  const implementation: ServerReflectionServer = {
    serverReflectionInfo: (call: ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>) => {
      call.on('data', (request: ServerReflectionRequest) => {
        call.write({
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(request, descriptors, listed),
        });
      });
      call.on('end', () => call.end());
    },
  };
  return [
    { name: ServerReflectionClient.serviceName, definition: ServerReflectionService, implementation },
    {
      name: AlphaServerReflectionClient.serviceName,
      definition: AlphaServerReflectionService,
      implementation,
    },
  ];
}

function answer(
  { messageRequest: asked }: ServerReflectionRequest,
  descriptors: DescriptorIndex,
  services: readonly string[],
): Answer {
  switch (asked?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
    case 'fileByFilename':
      return files(descriptors.file(asked.value), `file ${asked.value}`);
    case 'fileContainingSymbol':
      return files(descriptors.fileOfSymbol(asked.value), `symbol ${asked.value}`);
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = asked.value;
      const found = descriptors.fileOfExtension(containingType, extensionNumber);
      return files(found, `extension ${extensionNumber} of ${containingType}`);
    }
    case 'allExtensionNumbersOfType': {
      const numbers = descriptors.extensionNumbers(asked.value);
      if (numbers === undefined) return notFound(`message ${asked.value}`);
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: asked.value, extensionNumber: [...numbers] },
      };
    }
    case undefined:
      return error(status.INVALID_ARGUMENT, 'The request asks for nothing.');
  }
}

function files(found: readonly Buffer[] | undefined, what: string): Answer {
  if (found === undefined) return notFound(what);
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...found] } };
}

function notFound(what: string): Answer {
  return error(status.NOT_FOUND, `There is no ${what} here.`);
}

function error(errorCode: status, errorMessage: string): Answer {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } };
}
