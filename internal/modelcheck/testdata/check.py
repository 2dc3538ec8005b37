#!/usr/bin/env python3
"""Judges calls and queries by AWS's own service models, those of botocore.

Standard input has one JSON object a line:
  at         where the call comes from; it stands before each problem
  service    as the AWS CLI spells it: iam, redshift-serverless
  operation  as the API spells it: CreateRole
  input      members under the API's own names; absent: only the queries are judged
  output     operation whose answer the queries are asked of; absent: the same
  queries    JMESPath
  errors     error codes that the caller is ready for
  of         operation of the same service that has answered before what the input puts back. There the
             input has {"as it was": QUERY, "text": whether it is sent as a string of JSON}

Every problem is printed on a line. The last line counts what was checked. The exit status is 0, 1
where there are problems, or 3 where botocore is missing.
"""

import base64
import collections
import json
import sys

try:
    import botocore
    import botocore.exceptions
    import botocore.session
    import jmespath
    from jmespath.exceptions import JMESPathError
except ImportError as err:
    print(err)
    sys.exit(3)

try:
    import regex as re  # knows \p{L}, as the models' patterns do
except ImportError:
    import re

SESSION = botocore.session.get_session()
MODELS = {}
COUNT = collections.Counter()
OF = None  # the shape of what was answered before


def operation(service, name):
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service].operation_model(name)


# Input: unknown and missing members, types, enumerations, patterns, lengths and bounds.


BEFORE = "as it was"


def check(shape, value, at):
    kind = shape.type_name
    if isinstance(value, dict) and BEFORE in value:
        return put_back(shape, value, at)
    judge = {
        "structure": structure, "list": sequence, "map": mapping, "string": string,
        "integer": integer, "long": integer, "boolean": boolean, "blob": blob,
    }.get(kind)
    if judge is None:
        return [f"{at}: a {kind}, which this check does not know"]
    return judge(shape, value, at)


def put_back(shape, value, at):
    """What was answered must be what is taken: the same type, with no member that is only answered."""
    if OF is None:
        return [f"{at}: nothing has answered what it puts back"]
    walk = Walk()
    was = walk.to(jmespath.compile(value[BEFORE]).parsed, OF)
    if was is UNKNOWN:
        return [f"{at}: {p}" for p in walk.found] or [f"{at}: nobody knows what {value[BEFORE]} was"]
    if value["text"]:
        return [] if shape.type_name == "string" else [f"{at}: text where a {shape.type_name} belongs"]
    return fits(shape, was, at)


def fits(shape, was, at):
    if is_list(was) and shape.type_name == "list":
        return fits(shape.member, item_of(was), at + "[]")
    if is_list(was) or was.type_name != shape.type_name:
        return [f"{at}: a {getattr(was, 'type_name', 'list')} was there where a {shape.type_name} belongs"]
    found = []
    for name, member in (was.members if was.type_name == "structure" else {}).items():
        if name not in shape.members:
            found.append(f"{at}.{name}: is answered, and not taken back")
        else:
            found += fits(shape.members[name], member, f"{at}.{name}")
    return found


def structure(shape, value, at):
    if not isinstance(value, dict):
        return [f"{at}: not a structure"]
    found = []
    for name in shape.required_members:
        made = shape.members[name].metadata.get("idempotencyToken")  # by the SDK, where it is absent
        if name not in value and not made:
            found.append(f"{at}.{name}: required, missing")
    for name, member in value.items():
        if name not in shape.members:
            found.append(f"{at}.{name}: no such member")
        else:
            found += check(shape.members[name], member, f"{at}.{name}")
    return found


def sequence(shape, value, at):
    if not isinstance(value, list):
        return [f"{at}: not a list"]
    found = bounds(shape, len(value), "items", at)
    for i, item in enumerate(value):
        found += check(shape.member, item, f"{at}[{i}]")
    return found


def mapping(shape, value, at):
    if not isinstance(value, dict):
        return [f"{at}: not a map"]
    found = []
    for key, item in value.items():
        found += check(shape.key, key, f"{at} key") + check(shape.value, item, f"{at}.{key}")
    return found


def string(shape, value, at):
    if not isinstance(value, str):
        return [f"{at}: not a string"]
    found = bounds(shape, len(value), "characters", at)
    if shape.enum and value not in shape.enum:
        found.append(f"{at}: {value!r} is not one of {', '.join(shape.enum[:6])}")
    pattern = shape.metadata.get("pattern")
    if pattern:
        try:
            if not re.fullmatch(pattern, value):
                found.append(f"{at}: {value[:60]!r} does not match {pattern[:60]}")
        except re.error:
            COUNT["patterns not understood"] += 1
    return found


def integer(shape, value, at):
    if not isinstance(value, int) or isinstance(value, bool):
        return [f"{at}: not an integer"]
    return bounds(shape, value, "", at)


def boolean(shape, value, at):
    return [] if isinstance(value, bool) else [f"{at}: not a boolean"]


def blob(shape, value, at):
    try:
        return bounds(shape, len(base64.b64decode(value, validate=True)), "bytes", at)
    except (TypeError, ValueError):
        return [f"{at}: not base64"]


def bounds(shape, size, unit, at):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    found = f"{at}: {size} {unit}".rstrip()
    if least is not None and size < least:
        return [f"{found}, the model says at least {least}"]
    if most is not None and size > most:
        return [f"{found}, the model says at most {most}"]
    return []


# Queries: that they compile, that the fields on their way are there, and that they do not fail on
# an answer, whether it has everything or nothing.

ListOf = collections.namedtuple("ListOf", "item")
UNKNOWN = None


class Walk:
    """Follows a query through the shape of an answer. What cannot be decided is UNKNOWN."""

    def __init__(self):
        self.found = []

    def to(self, node, shape):
        step = getattr(self, node["type"], None)
        if step is None:
            for child in node["children"]:
                self.to(child, shape)
            return UNKNOWN
        return step(node, shape)

    def say(self, text):
        self.found.append(text)
        return UNKNOWN

    def field(self, node, shape):
        name = node["value"]
        if shape is UNKNOWN:
            return UNKNOWN
        if is_list(shape):
            return self.say(f"{name} is asked of a list")
        if shape.type_name == "map":
            return shape.value
        if shape.name == "policyDocumentType":  # the CLI decodes it, and so does onramp
            return UNKNOWN
        if shape.type_name != "structure":
            return self.say(f"{name} is asked of a {shape.type_name}")
        if name not in shape.members:
            return self.say(f"{shape.name} has no member {name}")
        return shape.members[name]

    def item(self, shape, what):
        if shape is UNKNOWN or is_list(shape):
            return item_of(shape)
        return self.say(f"{what} is asked of a {shape.type_name}")

    def index(self, node, shape):
        return self.item(shape, f"item {node['value']}")

    def slice(self, node, shape):
        self.item(shape, "a slice")
        return shape

    def chain(self, node, shape):
        for child in node["children"]:
            shape = self.to(child, shape)
        return shape

    subexpression = index_expression = pipe = chain

    def projection(self, node, shape):
        left, right = node["children"]
        return ListOf(self.to(right, self.item(self.to(left, shape), "every item")))

    def filter_projection(self, node, shape):
        left, right, condition = node["children"]
        item = self.item(self.to(left, shape), "a filter")
        self.to(condition, item)
        return ListOf(self.to(right, item))

    def flatten(self, node, shape):
        shape = self.to(node["children"][0], shape)
        item = self.item(shape, "flattening")
        return ListOf(item_of(item)) if is_list(item) else ListOf(item)

    def value_projection(self, node, shape):
        self.to(node["children"][0], shape)
        return ListOf(UNKNOWN)

    def or_expression(self, node, shape):
        results = [self.to(child, shape) for child in node["children"]]
        return next((r for r in results if r is not UNKNOWN), UNKNOWN)

    def function_expression(self, node, shape):
        results = [self.to(child, shape) for child in node["children"] if child["type"] != "expref"]
        if node["value"] not in ("sort", "sort_by"):
            return UNKNOWN
        for child in node["children"]:
            if child["type"] == "expref":  # it is asked of every item
                self.to(child["children"][0], self.item(results[0], "sorting"))
        return results[0]

    def current(self, node, shape):
        return shape

    identity = current


def is_list(shape):
    return isinstance(shape, ListOf) or shape is not UNKNOWN and shape.type_name == "list"


def item_of(shape):
    if shape is UNKNOWN:
        return UNKNOWN
    return shape.item if isinstance(shape, ListOf) else shape.member


def sample(shape, depth=0):
    """An answer with everything in it."""
    kind = shape.type_name
    if kind == "structure":
        return {n: sample(m, depth + 1) for n, m in shape.members.items()} if depth < 8 else {}
    if kind == "list":
        return [sample(shape.member, depth + 1)]
    if kind == "map":
        return {"key": sample(shape.value, depth + 1)}
    return {"boolean": True, "integer": 1, "long": 1, "float": 1.0, "double": 1.0}.get(kind, "text")


def check_query(shape, query):
    try:
        compiled = jmespath.compile(query)
    except JMESPathError as err:
        return [f"does not compile: {' '.join(str(err).split())}"]
    walk = Walk()
    walk.to(compiled.parsed, shape)
    for name, answer in (("a full", sample(shape)), ("an empty", {})):
        try:
            compiled.search(answer)
        except JMESPathError as err:
            walk.say(f"fails on {name} answer: {' '.join(str(err).split())}")
            break
    return walk.found


# Errors. S3 and EC2 do not model theirs, so nothing is said of them; nor of what every call may answer.
COMMON = ("AccessDeniedException",)


def check_error(model, code):
    if model.service_model.service_name in ("s3", "ec2") or code in COMMON:
        return []
    known = [shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes]
    return [] if code in known else [f"answers no error {code}, only {', '.join(known)}"]


def judge(line):
    name = f"{line['service']}:{line['operation']}"
    try:
        model = operation(line["service"], line["operation"])
        answer = operation(line["service"], line.get("output") or line["operation"])
    except (botocore.exceptions.BotoCoreError, botocore.model.OperationNotFoundError) as err:
        return [f"{name}: {err}"]
    found = []
    global OF
    OF = operation(line["service"], line["of"]).output_shape if line.get("of") else None
    if line.get("input") is not None:
        COUNT["calls"] += 1
        found += check(model.input_shape, line["input"], name) if model.input_shape else []
    for query in line.get("queries") or []:
        COUNT["queries"] += 1
        found += [f"{name}: query {query}: {p}" for p in check_query(answer.output_shape, query)]
    for code in line.get("errors") or []:
        COUNT["error codes"] += 1
        found += [f"{name}: {p}" for p in check_error(model, code)]
    return found


def main():
    problems = 0
    for text in sys.stdin:
        line = json.loads(text)
        for problem in judge(line):
            problems += 1
            print(f"{line['at']}: {problem}")
    for name in ("calls", "queries", "error codes"):
        COUNT[name] += 0
    counts = ", ".join(f"{n} {name}" for name, n in COUNT.items())
    print(f"checked {counts} against botocore {botocore.__version__}: {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
