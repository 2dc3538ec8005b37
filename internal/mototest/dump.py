"""Prints what an account holds, as canonical JSON: the same for equal accounts.

What AWS makes up (ids, times) is left out or replaced by the name that a person would use, so that
a key is called by its alias and a security group by its name. AWS_* variables say which account.
"""
import json
import boto3
from botocore.exceptions import ClientError

iam, s3, kms, ec2, redshift = (boto3.client(n) for n in ("iam", "s3", "kms", "ec2", "redshift"))
names = {}  # id -> name


def tags(items):
    return sorted((t.get("Key") or t["TagKey"], t.get("Value", t.get("TagValue"))) for t in items)


def optional(call, member, read=lambda value: value, **arguments):
    """What is there, or the code of the error that says that nothing is."""
    try:
        return read(call(**arguments)[member])
    except ClientError as e:
        return e.response["Error"]["Code"]


def roles():
    for page in iam.get_paginator("list_roles").paginate():
        for r in page["Roles"]:
            r = iam.get_role(RoleName=r["RoleName"])["Role"]
            name = r["RoleName"]
            if r["Path"].startswith("/aws-service-role/"):
                continue
            yield name, {
                "arn": r["Arn"], "description": r.get("Description"), "trust": r["AssumeRolePolicyDocument"],
                "boundary": r.get("PermissionsBoundary"), "tags": tags(r.get("Tags", [])),
                "attached": sorted(p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]),
                "inline": {p: iam.get_role_policy(RoleName=name, PolicyName=p)["PolicyDocument"] for p in iam.list_role_policies(RoleName=name)["PolicyNames"]},
            }


def buckets():
    for b in s3.list_buckets()["Buckets"]:
        n = b["Name"]
        yield n, {
            "region": s3.get_bucket_location(Bucket=n)["LocationConstraint"],
            "ownership": optional(s3.get_bucket_ownership_controls, "OwnershipControls", Bucket=n),
            "block": optional(s3.get_public_access_block, "PublicAccessBlockConfiguration", Bucket=n),
            "encryption": optional(s3.get_bucket_encryption, "ServerSideEncryptionConfiguration", Bucket=n),
            "policy": optional(s3.get_bucket_policy, "Policy", json.loads, Bucket=n),
            "lifecycle": optional(s3.get_bucket_lifecycle_configuration, "Rules", Bucket=n),
            "tags": optional(s3.get_bucket_tagging, "TagSet", tags, Bucket=n),
        }


def keys():
    aliases = {a["TargetKeyId"]: a["AliasName"] for a in kms.list_aliases()["Aliases"] if "TargetKeyId" in a}
    for i, k in enumerate(kms.list_keys()["Keys"]):
        m = kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]
        if m["KeyManager"] == "AWS":
            continue
        name = aliases.get(k["KeyId"], "key without alias")
        names[k["KeyArn"]] = names[k["KeyId"]] = name
        yield f"{name} {i}", {
            "state": m["KeyState"], "usage": m["KeyUsage"], "description": m.get("Description"),
            "rotation": kms.get_key_rotation_status(KeyId=k["KeyId"])["KeyRotationEnabled"],
            "policy": optional(kms.get_key_policy, "Policy", KeyId=k["KeyId"], PolicyName="default"), "tags": tags(kms.list_resource_tags(KeyId=k["KeyId"])["Tags"]),
        }


def network():
    for g in ec2.describe_security_groups()["SecurityGroups"]:
        names[g["GroupId"]] = "security group " + g["GroupName"]
        yield names[g["GroupId"]], {
            "description": g["Description"], "tags": tags(g.get("Tags", [])),
            "in": [{k: p.get(k) for k in ("IpProtocol", "FromPort", "ToPort", "IpRanges")} for p in g["IpPermissions"]] if g["GroupName"] != "default" else None,
        }
    for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        yield "endpoint " + e["ServiceName"], {
            "type": e["VpcEndpointType"], "state": e["State"], "tables": len(e.get("RouteTableIds", [])), "subnets": len(e.get("SubnetIds", [])),
            "groups": [names.get(g["GroupId"]) for g in e.get("Groups", [])] or e.get("SecurityGroupIds"), "private": e.get("PrivateDnsEnabled"), "tags": tags(e.get("Tags", [])),
        }
    for v in ec2.describe_vpcs()["Vpcs"]:
        yield "vpc", {a: ec2.describe_vpc_attribute(VpcId=v["VpcId"], Attribute=a)[a[0].upper() + a[1:]] for a in ("enableDnsSupport", "enableDnsHostnames")}


def clusters():
    for c in redshift.describe_clusters()["Clusters"]:
        yield c["ClusterIdentifier"], {
            "status": c["ClusterStatus"], "nodes": c["NumberOfNodes"], "type": c["NodeType"], "database": c["DBName"], "user": c["MasterUsername"],
            "routing": c["EnhancedVpcRouting"], "public": c["PubliclyAccessible"], "encrypted": c["Encrypted"],
            "roles": sorted((r["IamRoleArn"], r["ApplyStatus"]) for r in c["IamRoles"]), "default": c.get("DefaultIamRoleArn"), "tags": tags(c["Tags"]),
        }


def named(text):
    for i in sorted(names, key=len, reverse=True):
        text = text.replace(i, names[i])
    return text


account = {"keys": dict(keys()), "network": dict(network()), "roles": dict(roles()), "buckets": dict(buckets()), "clusters": dict(clusters())}
print(named(json.dumps(account, indent=1, sort_keys=True, default=str)))
