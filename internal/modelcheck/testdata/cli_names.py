"""Which names of the AWS CLI its versions have, from the models that the CLI makes its commands of. Names come in, a line
each, in the form of cli-names.txt.

  cli_names.py has                      writes those that the AWS CLI of this Python has
  cli_names.py first AWS_CLI BOTOCORE   writes each with the first versions of AWS CLI 1 and 2 that have it; the two are
                                        clones of https://github.com/aws/aws-cli and https://github.com/boto/botocore
"""
import functools
import json
import re
import subprocess
import sys

# Words of policies, which the CLI decodes in what IAM answers, and commands that are made of no model.
WORDS = {".Action", ".Condition", ".Effect", ".Principal", ".Service", ".Statement"}
BUILT_IN = {"cloudformation wait", "configure get", "s3 cp"}


def xform(name):
    name = re.sub(r"[A-Z]{2,}s$", lambda m: "-" + m[0].lower(), name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)).lower()


def members(model, shape, seen):
    if shape in seen:
        return
    seen.add(shape)
    shape = model["shapes"][shape]
    for name, member in shape.get("members", {}).items():
        yield name
        yield from members(model, member["shape"], seen)
    for part in ("member", "value"):
        if part in shape:
            yield from members(model, shape[part]["shape"], seen)


def names(service, model):
    """All names of a service's model."""
    out = set()
    for operation, o in model["operations"].items():
        command = service + " " + xform(operation)
        out.add(command)
        if "input" in o:
            for option in model["shapes"][o["input"]["shape"]].get("members", {}):
                out |= {command + " --" + xform(option), command + " --no-" + xform(option)}
            out |= {command + " {" + m for m in members(model, o["input"]["shape"], set())}
        if "output" in o:
            out |= {command + " ." + m for m in members(model, o["output"]["shape"], set())}
    return out


def modelled(name):
    return " ".join(name.split()[:2]) not in BUILT_IN and not (name.startswith("iam ") and name.split()[-1] in WORDS)


def installed():
    try:
        from awscli.botocore import loaders  # version 2
    except ImportError:
        from botocore import loaders
    loader = loaders.create_loader()

    @functools.cache
    def of(service):
        folder = "s3" if service == "s3api" else service
        if folder not in loader.list_available_services("service-2"):
            return set()
        return names(service, loader.load_service_model(folder, "service-2"))

    return lambda name: not modelled(name) or name in of(name.split()[0])


def git(clone, *words):
    return subprocess.run(["git", "-C", clone, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


class Versions:
    """The released versions of the CLI. What version 2 had before 2.3.0 is not known: its botocore has no tags."""

    def __init__(self, awscli, botocore, major):
        self.awscli, self.botocore = awscli, botocore
        tags = re.findall(rf"^{major}\.\d+\.\d+$", git(awscli, "tag"), re.M)
        self.all = sorted(tags, key=lambda v: [int(n) for n in v.split(".")])

    @functools.cache
    def data(self, version):
        if git(self.awscli, "ls-tree", "-d", version, "awscli/botocore/data"):
            return self.awscli, version + ":awscli/botocore/data"
        for file in ("setup.cfg", "setup.py", "pyproject.toml"):
            pinned = re.search(r"botocore\s*={2,3}\s*([0-9.]+)\b", git(self.awscli, "show", version + ":" + file))
            if pinned:
                return self.botocore, pinned[1] + ":botocore/data"
        return None, None

    @functools.cache
    def blob(self, version, service):
        clone, data = self.data(version)
        if not clone:
            return "", ""
        folder = data + "/" + ("s3" if service == "s3api" else service)
        dates = sorted(git(clone, "ls-tree", "-d", "--name-only", folder).split())
        return clone, git(clone, "rev-parse", "-q", "--verify", f"{folder}/{dates[-1]}/service-2.json").strip() if dates else ""

    @functools.lru_cache(100)
    def names(self, service, clone, blob):
        return names(service, json.loads(git(clone, "cat-file", "blob", blob))) if blob else set()

    def first(self, name):
        """By bisection: a name stays."""
        service = name.split()[0]
        low, high = 0, len(self.all)
        while low < high:
            middle = (low + high) // 2
            if name in self.names(service, *self.blob(self.all[middle], service)):
                high = middle
            else:
                low = middle + 1
        return self.all[low] if low < len(self.all) else "?"


if __name__ == "__main__":
    lines = sys.stdin.read().splitlines()
    if sys.argv[1] == "has":
        has = installed()
        lines = [n for n in lines if has(n)]
    else:
        one, two = Versions(*sys.argv[2:], 1), Versions(*sys.argv[2:], 2)
        lines = [f"{n}: {one.first(n)} {two.first(n)}" if modelled(n) else n for n in lines]
    print("\n".join(lines))
