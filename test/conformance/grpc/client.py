"""A client that shares nothing with the server: grpcio, and messages learnt by server reflection.

Usage: client.py ADDRESS DESCRIPTORS SCENARIO [CALLS]
Prints what it saw as JSON. DESCRIPTORS (proto/descriptors.binpb) only gives the messages of reflection itself.
CALLS, for the scenario "calls", is JSON: a list of [METHOD, REQUEST], e.g. [["grpc.health.v1.Health/Check", {}]].
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def message_class(pool, name):
    descriptor = pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


class Reflection:
    """Asks the server for its contracts."""

    def __init__(self, channel, descriptors, version):
        pool = descriptor_pool.DescriptorPool()
        with open(descriptors, "rb") as file:
            for each in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
                pool.AddSerializedFile(each.SerializeToString())
        package = "grpc.reflection." + version
        self.request = message_class(pool, package + ".ServerReflectionRequest")
        response = message_class(pool, package + ".ServerReflectionResponse")
        self.call = channel.stream_stream(
            "/" + package + ".ServerReflection/ServerReflectionInfo",
            request_serializer=self.request.SerializeToString,
            response_deserializer=response.FromString,
        )

    def ask(self, **question):
        (answer,) = list(self.call(iter([self.request(**question)])))
        return answer

    def services(self):
        answer = self.ask(list_services="")
        return [service.name for service in answer.list_services_response.service]

    def learn(self, pool, symbol):
        """Adds the file of the symbol and its imports, each after what it imports itself."""
        answer = self.ask(file_containing_symbol=symbol)
        files = {}
        for content in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(content)
            files[file.name] = file
        added = set()

        def add(file):
            if file.name in added:
                return
            added.add(file.name)
            for dependency in file.dependency:
                add(files[dependency])
            pool.AddSerializedFile(file.SerializeToString())

        for file in files.values():
            add(file)


class Client:
    def __init__(self, address, descriptors):
        self.channel = grpc.insecure_channel(address)
        self.reflection = Reflection(self.channel, descriptors, "v1")
        self.descriptors = descriptors
        self.pool = descriptor_pool.DescriptorPool()
        self.known = set()

    def method(self, path):
        service, name = path.split("/")
        if service not in self.known:
            self.reflection.learn(self.pool, service)
            self.known.add(service)
        method = self.pool.FindServiceByName(service).methods_by_name[name]
        request = message_class(self.pool, method.input_type.full_name)
        response = message_class(self.pool, method.output_type.full_name)
        return request, response

    def unary(self, path, body, **options):
        request, response = self.method(path)
        call = self.channel.unary_unary(
            "/" + path, request_serializer=request.SerializeToString, response_deserializer=response.FromString
        )
        try:
            message, done = call.with_call(json_format.ParseDict(body, request()), **options)
        except grpc.RpcError as error:
            return self.failure(error)
        return {
            "message": json_format.MessageToDict(message),
            "initial": dict(done.initial_metadata()),
        }

    def stream(self, path, body, count=None):
        request, response = self.method(path)
        call = self.channel.unary_stream(
            "/" + path, request_serializer=request.SerializeToString, response_deserializer=response.FromString
        )
        messages = []
        stream = call(json_format.ParseDict(body, request()))
        for message in stream:
            messages.append(json_format.MessageToDict(message))
            if len(messages) == count:
                stream.cancel()
                break
        return messages

    def failure(self, error):
        trailers = dict(error.trailing_metadata())
        seen = {"code": error.code().name, "details": error.details()}
        if "protium-error-code" in trailers:
            seen["errorCode"] = trailers["protium-error-code"]
        if "grpc-status-details-bin" in trailers:
            for name in ["google.rpc.Status", "google.rpc.ErrorInfo"]:
                self.reflection.learn(self.pool, name)
            status = message_class(self.pool, "google.rpc.Status").FromString(trailers["grpc-status-details-bin"])
            info = message_class(self.pool, "google.rpc.ErrorInfo").FromString(status.details[0].value)
            seen["statusCode"] = status.code
            seen["info"] = json_format.MessageToDict(info)
        return seen


MANIFEST = {
    "name": "mean",
    "owner": "ann",
    "datasets": ["d1"],
    "algorithms": ["a1"],
    "ttl": 32,
    "startTime": "2026-01-02T03:04:05.678Z",
}
DOMAIN = {"pool": "pool.xml", "volume": "vol.xml", "domain": "dom.xml"}


def services(client):
    alpha = Reflection(client.channel, client.descriptors, "v1alpha")
    return {"v1": client.reflection.services(), "v1alpha": alpha.services()}


def manager(client):
    return {
        service: {
            "structured": client.unary(service + "/Run", MANIFEST)["message"],
            "blob": client.unary(service + "/Run", {"computation": "eyJpZCI6IjEifQ=="})["message"],
            "invalid": client.unary(service + "/Run", {}),
            "domain": client.unary(service + "/CreateDomain", DOMAIN),
            "missing": client.unary(service + "/CreateDomain", {**DOMAIN, "pool": "missing.xml"}),
        }
        for service in ["manager.ManagerService", "manager_proto.ManagerService"]
    }


def deadline(client):
    return client.unary("manager.ManagerService/CreateDomain", {**DOMAIN, "pool": "slow.xml"}, timeout=0.2)


def unknown(client):
    def call(path):
        method = client.channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        try:
            method(b"")
        except grpc.RpcError as error:
            return error.code().name

    return {"method": call("/manager.ManagerService/CreateVm"), "service": call("/no.Such/Method")}


def health(client):
    service = "grpc.health.v1.Health/"
    return {
        "check": client.unary(service + "Check", {})["message"],
        "unknown": client.unary(service + "Check", {"service": "no.Such"})["code"],
        "list": client.unary(service + "List", {})["message"],
        "watch": client.stream(service + "Watch", {"service": "manager.ManagerService"}, count=1),
    }


def native(client):
    return {
        "domains": client.unary("protium.v1.DomainsService/ListDomains", {})["message"],
        "operation": client.unary("protium.v1.OperationsService/GetOperation", {"id": "op-1"})["message"],
        "watch": client.stream("protium.v1.OperationsService/WatchOperation", {"id": "op-1"}),
        "cancel": client.unary("protium.v1.OperationsService/CancelOperation", {"id": "op-1"}),
        "computation": client.unary("protium.v1.ComputationsService/GetComputation", {"id": "c1"})["message"],
    }


def calls(client):
    return [client.unary(method, request) for method, request in json.loads(sys.argv[4])]


if __name__ == "__main__":
    scenarios = {each.__name__: each for each in [services, manager, deadline, unknown, health, native, calls]}
    json.dump(scenarios[sys.argv[3]](Client(sys.argv[1], sys.argv[2])), sys.stdout)
