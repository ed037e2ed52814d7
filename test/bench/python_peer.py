"""The C library, by its Python binding, as a peer: reads one command a line, answers with the times taken in ms as JSON.

usage: python_peer.py URI
commands: list COUNT | xml NAME COUNT | define NAME FILE COUNT (each defined and undefined; both are timed)
"""

import json
import sys
import time

import libvirt


def timed(count, work):
    samples = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        samples.append((time.perf_counter() - started) * 1000)
    return samples


connection = libvirt.open(sys.argv[1])
for line in sys.stdin:
    command, *words = line.split()
    if command == "list":
        answer = timed(int(words[0]), lambda: connection.listAllDomains(0))
    elif command == "xml":
        domain = connection.lookupByName(words[0])
        answer = timed(int(words[1]), lambda: domain.XMLDesc(0))
    elif command == "define":
        xml = open(words[1]).read()
        defined, undefined = [], []
        for _ in range(int(words[2])):
            started = time.perf_counter()
            domain = connection.defineXML(xml)
            middle = time.perf_counter()
            domain.undefine()
            defined.append((middle - started) * 1000)
            undefined.append((time.perf_counter() - middle) * 1000)
        answer = {"define": defined, "undefine": undefined}
    print(json.dumps(answer), flush=True)
