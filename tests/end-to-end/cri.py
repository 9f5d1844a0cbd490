#!/usr/bin/python3
"""One pod through containerd's CRI plugin, as a kubelet would ask for it: cri.py SOCKET IMAGE.

The few messages are written by field numbers (kubernetes/cri-api, runtime.v1), because Debian has no client for them. Prints
what the container's processes said, one line each, and removes the pod.
"""
import sys

import grpc

NODE = 2  # the node's own namespace


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def message(*fields):
    """Fields as (number, value): text, bytes (a message) or a number."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def parse(data):
    fields, at = {}, 0

    def number():
        nonlocal at
        shift = result = 0
        while True:
            byte = data[at]
            at += 1
            result |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return result

    while at < len(data):
        key = number()
        value = number()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        fields[key >> 3] = value
    return fields


channel = grpc.insecure_channel("unix://" + sys.argv[1])


def call(method, *fields):
    function = channel.unary_unary("/runtime.v1.RuntimeService/" + method)
    return parse(function(message(*fields), timeout=30))


namespaces = message((1, message((1, NODE))))
metadata = message((1, "pod"), (2, "uid-1"), (3, "default"), (4, 0))
pod_config = message((1, metadata), (8, message((1, "/sampan-test-pods"), (2, namespaces))))
pod = call("RunPodSandbox", (1, pod_config))[1].decode()
try:
    config = message((1, message((1, "one"))), (2, message((1, sys.argv[2]))), (3, "sleep"), (4, "100"), (15, message((2, message((4, namespaces))))))
    container = call("CreateContainer", (1, pod), (2, config), (3, pod_config))[1].decode()
    call("StartContainer", (1, container))
    said = call("ExecSync", (1, container), (2, "echo"), (2, "inside"), (3, 10))
    print("exec:", said.get(1, b"").decode().strip())
    print("exit:", call("ExecSync", (1, container), (2, "sh"), (2, "-c"), (2, "exit 9"), (3, 10)).get(3, 0))
    call("UpdateContainerResources", (1, container), (2, message((4, 33554432))))
    print("state:", parse(call("ContainerStatus", (1, container))[1]).get(3, 0))
    call("StopContainer", (1, container), (2, 1))
    status = parse(call("ContainerStatus", (1, container))[1])
    print("ended:", status.get(3, 0), status.get(7, 0))
    call("RemoveContainer", (1, container))
finally:
    call("StopPodSandbox", (1, pod))
    call("RemovePodSandbox", (1, pod))
