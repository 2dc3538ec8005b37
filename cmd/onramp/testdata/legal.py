#!/usr/bin/env python3
"""Judges the requests of a practice account's log, as they came, by AWS's own models.

Standard input is the log: JSON lines with op, and body (or input, of S3). The query protocols are
read back into members by the models, then every call goes to internal/modelcheck's check. The exit
status is that of the check: 0, 1 where there are problems, 3 where botocore is missing.
"""

import json
import pathlib
import subprocess
import sys
import urllib.parse

try:
    import botocore.session
except ImportError as err:
    print(err)
    sys.exit(3)

SESSION = botocore.session.get_session()
CHECK = pathlib.Path(__file__).resolve().parents[3] / "internal/modelcheck/testdata/check.py"
SERVICES = {"access-analyzer": "accessanalyzer"}
PARSERS = {"integer": int, "long": int, "boolean": lambda text: {"true": True, "false": False}[text]}


def names(shape, name, member, ec2):
    """The words by which a member of a structure may be spelled in a form."""
    spelled = member.serialization.get("queryName") or member.serialization.get("name") or name
    if ec2 and "queryName" not in member.serialization:
        spelled = spelled[0].upper() + spelled[1:]
    return spelled


def read(shape, at, form, used, ec2):
    """What a form says of a shape; None where it says nothing."""
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            spelled = names(shape, name, member, ec2)
            value = read(member, f"{at}.{spelled}" if at else spelled, form, used, ec2)
            if value is not None:
                found[name] = value
        return found or None
    if shape.type_name == "list":
        flat = ec2 or shape.serialization.get("flattened")
        base = at if flat else f"{at}.{shape.member.serialization.get('name', 'member')}"
        found = []
        while (value := read(shape.member, f"{base}.{len(found) + 1}", form, used, ec2)) is not None:
            found.append(value)
        if at in form:  # an empty list
            used.add(at)
            return found
        return found or None
    if at not in form:
        return None
    used.add(at)
    return PARSERS.get(shape.type_name, str)(form[at])


def members(service, operation, call):
    """The input of a call, and the parameters that its API does not have."""
    model = SESSION.get_service_model(SERVICES.get(service, service))
    protocol = model.metadata["protocol"]
    if "input" in call:
        return None, []  # the account has read it already, member by member
    if protocol not in ("query", "ec2"):
        return json.loads(call.get("body") or "{}"), []
    form = dict(urllib.parse.parse_qsl(call["body"], keep_blank_values=True))
    shape = model.operation_model(operation).input_shape
    used = {"Action", "Version"}
    value = read(shape, "", form, used, protocol == "ec2") if shape else {}
    return value or {}, sorted(set(form) - used)


def main():
    checks, problems = [], []
    for number, line in enumerate(sys.stdin, 1):
        call = json.loads(line)
        service, operation = call["op"].split(":")
        at = f"call {number}, {call['op']}"
        value, unknown = members(service, operation, call)
        problems += [f"{at}: {name}: not a parameter of it" for name in unknown]
        check = {"at": at, "service": SERVICES.get(service, service), "operation": operation}
        if value is not None:
            check["input"] = value
        checks.append(json.dumps(check))
    judged = subprocess.run([sys.executable, str(CHECK)], input="\n".join(checks) + "\n", text=True, capture_output=True)
    print("\n".join(problems + [judged.stdout + judged.stderr]))
    return judged.returncode or bool(problems)


sys.exit(main())
