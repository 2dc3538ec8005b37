"""What the AWS CLI makes of names and commands, asked of the CLI itself. Nothing is sent.

  cli.py names     reads lines "service Operation Member" and writes the spelling of operation and
                   member by botocore, and the option that the CLI's own table of arguments has
  cli.py commands  reads JSON lists of words and writes the operation and the parameters that the
                   CLI would send, checked against AWS's model of the operation
"""
import base64
import json
import sys

import awscli.clidriver
import botocore.client
import botocore.validate
from botocore import xform_name


def names():
    driver = awscli.clidriver.create_clidriver()
    for line in sys.stdin:
        service, operation, member = line.split()
        command = "s3api" if service == "s3" else service
        table = driver._get_command_table()[command]._get_command_table()
        arguments = table[xform_name(operation, "-")].arg_table
        option = [name for name, a in arguments.items() if getattr(a, "_serialized_name", None) == member and not name.startswith("no-")]
        print(service, operation, member, xform_name(operation, "-"), xform_name(member, "-"), *option[:1] or ["MISSING"])


def commands():
    sent = []

    def record(client, operation, params):
        shape = client.meta.service_model.operation_model(operation).input_shape
        report = botocore.validate.ParamValidator().validate(params, shape)
        sent.append({"Operation": client.meta.service_model.service_name + ":" + operation, "Params": params, "Invalid": report.generate_report()})
        return {}

    botocore.client.BaseClient._make_api_call = record
    for line in sys.stdin:
        del sent[:]
        code = awscli.clidriver.create_clidriver().main(json.loads(line) + ["--output", "json"])
        print("\n" + json.dumps({"Code": code, "Sent": sent}, default=lambda data: base64.b64encode(data).decode()), flush=True)


{"names": names, "commands": commands}[sys.argv[1]]()
