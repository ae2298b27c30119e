#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrite MediaPipe's face landmark network from TensorFlow Lite to ONNX, which OpenCV can import.

Usage: facemesh2onnx.py PACKED_ASSETS MESH_ONNX CANONICAL_BIN

PACKED_ASSETS is face_mesh_solution_packed_assets.data of @mediapipe/face_mesh 0.4.1657299874. MESH_ONNX gets the
network (opset 9, channels first, input "input" 1x3x192x192, outputs "mesh" 1x1404 and "flag" 1x1). CANONICAL_BIN
gets the canonical face model: 468 points of x (right), y (up), z (towards the viewer) as little-endian floats.

The same input always gives the same bytes, so the results are pinned by SHA-256 like any download.
"""

import struct
import sys

# Where the parts lie inside the packed assets; face_mesh_solution_packed_assets_loader.js lists them.
TFLITE_START, TFLITE_END = 2495952, 3737848
GEOMETRY_START, GEOMETRY_END = 3737848, 3757224

LANDMARKS = 468
GEOMETRY_FLOATS_PER_POINT = 5  # x, y, z and two texture coordinates

# Operator numbers of TensorFlow Lite's schema.fbs.
OP_ADD = 0
OP_CONV_2D = 3
OP_DEPTHWISE_CONV_2D = 4
OP_DEQUANTIZE = 6
OP_MAX_POOL_2D = 17
OP_PAD = 34
OP_PRELU = 54

# Element types of TensorFlow Lite's schema.fbs as struct codes.
TENSOR_TYPES = {0: "f", 1: "e", 2: "i"}

PADDING_SAME = 0

ONNX_IR_VERSION = 6
ONNX_OPSET = 9
ONNX_FLOAT = 1
ONNX_ATTRIBUTE_FLOAT, ONNX_ATTRIBUTE_INT, ONNX_ATTRIBUTE_STRING, ONNX_ATTRIBUTE_INTS = 1, 2, 3, 7


class Table:
    """A flatbuffer table: fields by number, as schema.fbs lists them."""

    def __init__(self, data, position):
        self.data = data
        self.position = position
        self.vtable = position - struct.unpack_from("<i", data, position)[0]
        self.vtable_size = struct.unpack_from("<H", data, self.vtable)[0]

    @classmethod
    def root(cls, data):
        return cls(data, struct.unpack_from("<I", data, 0)[0])

    def _field(self, number):
        """Position of a field, or None where the file leaves it at its default."""
        entry = 4 + 2 * number
        if entry >= self.vtable_size:
            return None
        offset = struct.unpack_from("<H", self.data, self.vtable + entry)[0]
        return self.position + offset if offset else None

    def _follow(self, position):
        return position + struct.unpack_from("<I", self.data, position)[0]

    def scalar(self, number, code, default=0):
        field = self._field(number)
        return default if field is None else struct.unpack_from("<" + code, self.data, field)[0]

    def table(self, number):
        field = self._field(number)
        return None if field is None else Table(self.data, self._follow(field))

    def _vector(self, number):
        """Length of a vector field and the position of its first element."""
        field = self._field(number)
        if field is None:
            return 0, 0
        start = self._follow(field)
        return struct.unpack_from("<I", self.data, start)[0], start + 4

    def tables(self, number):
        count, start = self._vector(number)
        return [Table(self.data, self._follow(start + 4 * i)) for i in range(count)]

    def ints(self, number):
        count, start = self._vector(number)
        return list(struct.unpack_from("<%di" % count, self.data, start))

    def octets(self, number):
        count, start = self._vector(number)
        return self.data[start : start + count]


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def int_field(number, value):
    return varint(number << 3) + varint(value)


def float_field(number, value):
    return varint(number << 3 | 5) + struct.pack("<f", value)


def bytes_field(number, value):
    octets = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(octets)) + octets


def protobuf_fields(data):
    """(number, octets) of each length-delimited or fixed-size field of a protobuf message, in order."""
    position = 0

    def read_varint():
        nonlocal position
        value = shift = 0
        while True:
            octet = data[position]
            position += 1
            value |= (octet & 127) << shift
            shift += 7
            if octet < 128:
                return value

    while position < len(data):
        key = read_varint()
        wire_type = key & 7
        if wire_type == 0:
            read_varint()
            continue
        size = {1: 8, 5: 4}.get(wire_type)
        if size is None:
            size = read_varint()
        yield key >> 3, data[position : position + size]
        position += size


def onnx_attribute(name, value):
    if isinstance(value, str):
        return bytes_field(1, name) + bytes_field(4, value) + int_field(20, ONNX_ATTRIBUTE_STRING)
    if isinstance(value, float):
        return bytes_field(1, name) + float_field(2, value) + int_field(20, ONNX_ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return bytes_field(1, name) + int_field(3, value) + int_field(20, ONNX_ATTRIBUTE_INT)
    return bytes_field(1, name) + b"".join(int_field(8, item) for item in value) + int_field(20, ONNX_ATTRIBUTE_INTS)


def onnx_node(operator, inputs, output, **attributes):
    return (
        b"".join(bytes_field(1, name) for name in inputs)
        + bytes_field(2, output)
        + bytes_field(3, output)
        + bytes_field(4, operator)
        + b"".join(bytes_field(5, onnx_attribute(name, value)) for name, value in attributes.items())
    )


def onnx_tensor(name, shape, values):
    return (
        b"".join(int_field(1, size) for size in shape)
        + int_field(2, ONNX_FLOAT)
        + bytes_field(8, name)
        + bytes_field(9, struct.pack("<%df" % len(values), *values))
    )


def onnx_value_info(name, shape):
    dimensions = b"".join(bytes_field(1, int_field(1, size)) for size in shape)
    tensor_type = int_field(1, ONNX_FLOAT) + bytes_field(2, dimensions)
    return bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor_type))


class Converter:
    """One TensorFlow Lite model on its way to ONNX. Shapes there are NHWC, here NCHW."""

    def __init__(self, model):
        self.operators = [
            max(code.scalar(0, "b"), code.scalar(3, "i"))  # old files use field 0, newer ones field 3
            for code in model.tables(1)
        ]
        self.graph = model.tables(2)[0]
        self.buffers = model.tables(4)
        self.tensors = self.graph.tables(0)
        self.shapes = [tensor.ints(0) for tensor in self.tensors]
        self.constants = {}
        self.names = {}
        self.nodes = []
        self.weights = []

    def constant(self, index):
        if index not in self.constants:
            tensor = self.tensors[index]
            octets = self.buffers[tensor.scalar(2, "I")].octets(0)
            code = TENSOR_TYPES[tensor.scalar(1, "b")]
            self.constants[index] = struct.unpack("<%d%s" % (len(octets) // struct.calcsize(code), code), octets)
        return self.constants[index]

    def add_weight(self, shape, values):
        name = "w%d" % len(self.weights)
        self.weights.append(onnx_tensor(name, shape, values))
        return name

    def pads(self, index, padding, kernel, strides):
        """ONNX padding (top, left, bottom, right); "same" puts the odd pixel at the bottom right."""
        if padding != PADDING_SAME:
            return [0, 0, 0, 0]
        begin, end = [], []
        for size, k, stride in zip(self.shapes[index][1:3], kernel, strides):
            total = max((-(-size // stride) - 1) * stride + k - size, 0)
            begin.append(total // 2)
            end.append(total - total // 2)
        return begin + end

    def add_convolution(self, inputs, output, options, depthwise):
        weights = self.constant(inputs[1])
        shape = self.shapes[inputs[1]]
        rows, columns = shape[1:3]
        strides = [options.scalar(2, "i"), options.scalar(1, "i")]
        if options.scalar(4 if depthwise else 3, "b") != 0:
            raise ValueError("a convolution with a fused activation is not expected here")
        if depthwise:
            channels = groups = shape[3]
            new_shape = [channels, 1, rows, columns]
            new_weights = [
                weights[(y * columns + x) * channels + c]
                for c in range(channels)
                for y in range(rows)
                for x in range(columns)
            ]
        else:
            channels, groups, depth = shape[0], 1, shape[3]
            new_shape = [channels, depth, rows, columns]
            new_weights = [
                weights[((c * rows + y) * columns + x) * depth + d]
                for c in range(channels)
                for d in range(depth)
                for y in range(rows)
                for x in range(columns)
            ]
        self.nodes.append(
            onnx_node(
                "Conv",
                [
                    self.names[inputs[0]],
                    self.add_weight(new_shape, new_weights),
                    self.add_weight([channels], self.constant(inputs[2])),
                ],
                output,
                kernel_shape=[rows, columns],
                strides=strides,
                pads=self.pads(inputs[0], options.scalar(0, "b"), (rows, columns), strides),
                group=groups,
                dilations=[1, 1],
            )
        )

    def add_max_pool(self, inputs, output, options):
        kernel = [options.scalar(4, "i"), options.scalar(3, "i")]
        strides = [options.scalar(2, "i"), options.scalar(1, "i")]
        pads = self.pads(inputs[0], options.scalar(0, "b"), kernel, strides)
        self.nodes.append(
            onnx_node("MaxPool", [self.names[inputs[0]]], output, kernel_shape=kernel, strides=strides, pads=pads)
        )

    def add_pad(self, inputs, output):
        amounts = self.constant(inputs[1])  # before and after for each of N, H, W, C
        before, after = amounts[0::2], amounts[1::2]
        pads = [side[axis] for side in (before, after) for axis in (0, 3, 1, 2)]
        self.nodes.append(onnx_node("Pad", [self.names[inputs[0]]], output, mode="constant", pads=pads, value=0.0))

    def add_prelu(self, inputs, output):
        slopes = self.constant(inputs[1])
        weight = self.add_weight([len(slopes), 1, 1], slopes)
        self.nodes.append(onnx_node("PRelu", [self.names[inputs[0]], weight], output))

    def add_operator(self, operator):
        kind = self.operators[operator.scalar(0, "I")]
        inputs, output, options = operator.ints(1), operator.ints(2)[0], operator.table(4)
        name = "t%d" % output
        if kind == OP_DEQUANTIZE:  # weights stored as half floats
            self.constants[output] = self.constant(inputs[0])
            return
        if kind in (OP_CONV_2D, OP_DEPTHWISE_CONV_2D):
            self.add_convolution(inputs, name, options, kind == OP_DEPTHWISE_CONV_2D)
        elif kind == OP_MAX_POOL_2D:
            self.add_max_pool(inputs, name, options)
        elif kind == OP_PAD:
            self.add_pad(inputs, name)
        elif kind == OP_PRELU:
            self.add_prelu(inputs, name)
        elif kind == OP_ADD:
            self.nodes.append(onnx_node("Add", [self.names[index] for index in inputs], name))
        else:
            raise ValueError("operator %d is not expected here" % kind)
        self.names[output] = name

    def convert(self):
        """The ONNX file's bytes."""
        network_input = self.graph.ints(1)[0]
        self.names[network_input] = "input"
        for operator in self.graph.tables(3):
            self.add_operator(operator)
        outputs = []
        for index in self.graph.ints(2):
            size = self.shapes[index][-1]
            name = "mesh" if size == 3 * LANDMARKS else "flag"
            self.nodes.append(onnx_node("Flatten", [self.names[index]], name, axis=1))
            outputs.append(onnx_value_info(name, [1, size]))
        _, height, width, channels = self.shapes[network_input]
        graph = (
            b"".join(bytes_field(1, node) for node in self.nodes)
            + bytes_field(2, "facemesh")
            + b"".join(bytes_field(5, weight) for weight in self.weights)
            + bytes_field(11, onnx_value_info("input", [1, channels, height, width]))
            + b"".join(bytes_field(12, output) for output in outputs)
        )
        opset = bytes_field(1, "") + int_field(2, ONNX_OPSET)
        return (
            int_field(1, ONNX_IR_VERSION)
            + bytes_field(2, "facemesh2onnx")
            + bytes_field(7, graph)
            + bytes_field(8, opset)
        )


def canonical_points(metadata):
    """x, y, z of the canonical face from MediaPipe's geometry pipeline metadata: the mesh is its largest field."""
    mesh = max((octets for _, octets in protobuf_fields(metadata)), key=len)
    vertices = b"".join(octets for number, octets in protobuf_fields(mesh) if number == 3)
    stride = 4 * GEOMETRY_FLOATS_PER_POINT
    if len(vertices) != LANDMARKS * stride:
        raise ValueError("the canonical face does not have %d points" % LANDMARKS)
    return b"".join(vertices[i * stride : i * stride + 12] for i in range(LANDMARKS))


def convert_assets(assets):
    """(ONNX network, canonical points) from the bytes of the packed assets."""
    network = Converter(Table.root(assets[TFLITE_START:TFLITE_END])).convert()
    return network, canonical_points(assets[GEOMETRY_START:GEOMETRY_END])


def main(arguments):
    if len(arguments) != 3:
        raise SystemExit(__doc__)
    source, mesh_path, canonical_path = arguments
    with open(source, "rb") as file:
        network, points = convert_assets(file.read())
    with open(mesh_path, "wb") as file:
        file.write(network)
    with open(canonical_path, "wb") as file:
        file.write(points)


if __name__ == "__main__":
    main(sys.argv[1:])
