package cloudformation

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render/shell"
)

// Rules for the values of parameters: what the console and a pipeline may put in. They follow AWS's own
// (IAM, S3, KMS, Redshift and Redshift Serverless API references).
const (
	roleNames    = `[a-zA-Z0-9_+=,.@-]+`
	bucketNames  = `[a-z0-9][a-z0-9.-]*[a-z0-9]`
	aliasNames   = `[a-zA-Z0-9/_-]+`
	keyARNs      = `arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+`
	policyARNs   = `arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[!-~]+`
	secretARNs   = `arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@!-]+`
	clusterNames = `[a-z](-?[a-z0-9])*`
	servedNames  = `[a-z0-9-]{3,64}`
	nodeTypes    = `[a-z0-9]+\.[a-z0-9]+`
	subnetGroups = `[a-zA-Z0-9. _@-]+`
	serviceNames = `[a-z0-9.-]+`
	addresses    = `([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}`
	routeTables  = `rtb-[0-9a-f]+`
)

// Lengths of names (IAM and AWS STS quotas; Amazon S3 User Guide, Bucket naming rules), and of an account.
const (
	maxRole    = 64
	maxBucket  = 63
	maxAlias   = 250
	maxCluster = 63
	maxNodes   = 100
	accountLen = 12
)

// introduce makes known what texts may name of a resource.
func (t *template) introduce(r plan.Resource) {
	id := t.ids[r.ID]
	switch s := r.Spec.(type) {
	case kind.Role:
		t.introduceRole(id, s)
	case kind.Attachment:
		t.attached[s.RoleName] = append(t.attached[s.RoleName], s.PolicyARN)
	case kind.InlinePolicy:
		t.inline[s.RoleName] = append(t.inline[s.RoleName], s)
	case kind.ExistingPrincipal:
		t.introducePrincipal(id, s)
	case kind.ManagedPolicy:
		t.exact[s.ARN(t.plan.Target)] = value{ref(id)}
	case kind.ExistingKeyPair:
		t.keyPairs[s.KeyName] = value{ref(t.add(parameter{
			name: id + "Name", value: s.KeyName, foreign: true, most: maxKeyName, group: groupThere, about: "Key pair, which is there already",
		}))}
	case kind.Bucket:
		t.buckets[s.BucketName], t.bucketIDs[s.BucketName] = t.bucketName(id, s.BucketName), id
	case kind.ExistingBucket:
		name := t.add(parameter{
			name: id + "Name", value: s.BucketName, foreign: true, pattern: bucketNames, most: maxBucket, group: groupThere,
			about: "Bucket, which is there already", wants: "the name of a bucket",
		})
		t.buckets[s.BucketName], t.bucketIDs[s.BucketName] = value{ref(name)}, id
	case kind.Key:
		t.introduceKey(r.ID, id)
	case kind.ExistingKey:
		t.introduceExistingKey(r.ID, id, s)
	case kind.VPC:
		t.refs[plan.Ref{Resource: r.ID, Output: kind.VPCCIDR}] = func() value { return t.cidr(t.vpc(s.VPCID)) }
	case kind.SecurityGroup:
		t.refs[plan.Ref{Resource: r.ID, Output: kind.GroupID}] = func() value { return value{ref(id + ".GroupId")} }
	case kind.EndpointService:
		t.refs[plan.Ref{Resource: r.ID, Output: kind.ServiceName}] = func() value { return t.service(id, s.Suffix) }
	case kind.InterfaceEndpoint:
		for _, group := range s.SecurityGroups {
			for _, of := range plan.Refs(group) {
				t.groupOf[of.Resource] = "Create" + id
			}
		}
	case kind.Cluster:
		t.clusters[s.Identifier] = s
	case kind.ClusterRouting:
		t.routed[s.Identifier] = true
	}
}

func (t *template) introduceRole(id string, s kind.Role) {
	about, most := "Name of the IAM role "+s.RoleName, maxRole
	suffix, beginning := value{}, s.RoleName
	if t.set { // IAM knows no regions, so a role of the same name could be in an account once only
		suffix = value{literal("-"), ref(region)}
		most -= 1 + t.most
		about = "Beginning of the name of an IAM role; the region is put to it"
		beginning = shortened(s.RoleName, most)
	}
	name := t.add(parameter{
		name: id + "Name", value: beginning, about: about,
		pattern: roleNames, most: most, wants: "letters, digits and _+=,.@-", group: groupNames,
	})
	resource := "role" + s.Path
	t.roles[resource+s.RoleName] = append(value{literal(resource), ref(name)}, suffix...)
	t.roleNames[s.RoleName] = append(value{ref(name)}, suffix...)
	t.roleIDs[t.plan.Target.RoleARN(s.Path, s.RoleName)] = id
}

// bucketName is the name of a bucket that the stack makes. Such names are unique in a whole partition.
func (t *template) bucketName(id, bucket string) value {
	about, beginning, most := "Name of the bucket "+bucket, bucket, maxBucket
	if t.set {
		about, most = "Beginning of the name of a bucket; account and region are put to it", maxBucket-1-accountLen-1-t.most
		beginning = shortened(bucket, most)
	}
	name := t.add(parameter{
		name: id + "Name", value: beginning, about: about,
		pattern: bucketNames, most: most, wants: "lower-case letters, digits, hyphens and dots", group: groupNames,
	})
	if t.set {
		return value{ref(name), literal("-"), ref(account), literal("-"), ref(region)}
	}
	return value{ref(name)}
}

// shortened makes room after a name: its end gives way to a few digits that are another name's only by
// chance. A bucket with redshift in its name keeps it, because AWS's managed policy looks for that.
func shortened(name string, most int) string {
	if len(name) <= most {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	tail := "-" + hex.EncodeToString(sum[:4])
	const mark = "redshift"
	begin := cut(name, most-len(tail))
	if strings.Contains(name, mark) && !strings.Contains(begin, mark) {
		begin, tail = cut(name, most-len(tail)-len(mark)-1), "-"+mark+tail
	}
	return strings.TrimRight(begin, "-.") + tail
}

// cut is the beginning of a text, in whole characters.
func cut(s string, most int) string {
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// introduceKey makes the key known: the one that the stack makes, or another in its place.
func (t *template) introduceKey(plain, id string) {
	other := t.add(parameter{
		name: id + "Arn", pattern: keyARNs, optional: true, wants: "the ARN of a key, arn:...:key/..., or nothing", group: groupChoices,
		about: "ARN of a KMS key to use instead of a new one; empty: a key is made",
	})
	makes := t.missing("IsNew"+id, other)
	for output, attribute := range map[string]string{kind.KeyARN: id + ".Arn", kind.KeyID: id} {
		choice := value{{node: pick(makes, reference(attribute), reference(other))}}
		t.refs[plan.Ref{Resource: plain, Output: output}] = func() value { return choice }
	}
	t.keyFromStack(plain, id)
}

func (t *template) introduceExistingKey(plain, id string, s kind.ExistingKey) {
	arn, known := keyARN(t.plan.Target, s.KeyRef)
	name := t.add(parameter{
		name: id + "Arn", value: arn, unknown: !known, looked: !known, foreign: true, pattern: keyARNs, wants: "the ARN of a key, arn:...:key/...", group: groupThere,
		about: "ARN of the KMS key for training data and models, which is there already",
	})
	for _, output := range []string{kind.KeyARN, kind.KeyID} {
		t.refs[plan.Ref{Resource: plain, Output: output}] = func() value { return value{ref(name)} }
	}
	if known {
		t.exact[arn] = value{ref(name)}
		_, bare, _ := strings.Cut(arn, ":key/")
		t.keyIDs[bare] = id
	}
	t.keyFromStack(plain, id)
	if !known {
		t.lookUp(name, "kms", "describe-key", "--key-id", shell.Quote(s.KeyRef), "--query", "KeyMetadata.Arn")
	}
}

// keyFromStack names the outputs that the script which comes after reads.
func (t *template) keyFromStack(plain, id string) {
	t.refOutputs[plan.Ref{Resource: plain, Output: kind.KeyARN}] = fromStack(id + "Arn")
	t.refOutputs[plan.Ref{Resource: plain, Output: kind.KeyID}] = fromStack(id + "Id")
}

// keyARN is the ARN of a key as an operator gives it; an alias does not tell.
func keyARN(t plan.Target, given string) (string, bool) {
	switch {
	case strings.Contains(given, "alias/"):
		return "", false
	case strings.HasPrefix(given, "arn:"):
		return given, true
	}
	return t.ARN("kms", "key/"+given), true
}

// vpc is the name of the parameter for a VPC.
func (t *template) vpc(id string) string {
	return t.add(parameter{name: "VpcId", kind: "AWS::EC2::VPC::Id", value: id, foreign: true, about: "VPC of the warehouse", group: groupThere})
}

// cidr is the parameter for the addresses of a VPC.
func (t *template) cidr(vpc string) value {
	name := t.add(parameter{
		name: "VpcCidr", unknown: true, looked: true, foreign: true, pattern: addresses, wants: "a range of addresses such as 10.0.0.0/16",
		about: "Addresses of the VPC, which may reach the SageMaker endpoint", group: groupThere,
	})
	t.lookUp(name, "ec2", "describe-vpcs", "--vpc-ids", valueOf(vpc), "--query", "'Vpcs[0].CidrBlock'")
	return value{ref(name)}
}

// service is the name of an endpoint service. It differs between partitions, so deploy.sh looks it up; who
// deploys without it gets the name that most regions have.
func (t *template) service(id, suffix string) value {
	name := t.add(parameter{
		name: id + "Name", looked: !t.set, pattern: serviceNames, optional: true, wants: "the name of an endpoint service, com.amazonaws....",
		about: "Name of the endpoint service " + strings.TrimPrefix(suffix, ".") + " in this region; empty: the one that most regions have", group: groupThere,
	})
	t.lookUp(name, "ec2", "describe-vpc-endpoint-services", "--filters", "Name=service-type,Values=Interface",
		"--query", shell.Quote("ServiceNames[?ends_with(@, '"+suffix+"')] | [0]"))
	usual := value{literal("com.amazonaws."), ref(region), literal(suffix)}
	china := t.condition("InChina", short("!Equals", reference(partition), scalar("aws-cn")))
	built := pick(china, append(value{literal("cn.")}, usual...).node(), usual.node())
	return value{{node: pick(t.given(name), reference(name), built)}}
}

// lookup is a value that the account knows and the plan does not: how deploy.sh asks for it.
type lookup struct{ parameter, command string }

// lookUp adds a look-up. In a stack set there is none: it would have to be made in every account.
func (t *template) lookUp(parameter string, words ...string) {
	l := lookup{parameter, strings.Join(append([]string{"aws"}, words...), " ")}
	if !t.set && !slices.Contains(t.lookups, l) {
		t.lookups = append(t.lookups, l)
	}
}

// valueOf is the word of deploy.sh that gives what parameters.json has for a parameter.
func valueOf(parameter string) string { return `"$(value ` + parameter + `)"` }
