package picture

import (
	"maps"
	"path"
	"slices"
	"strings"

	"onramp/internal/policy"
)

// This file reads from the policies of a role what it reaches.

// statement is what a statement of a policy allows.
type statement struct {
	actions, resources []string
	tags               []string // conditions on the tags of S3 objects: "Redshift=true"
}

// allow is a statement in short: actions of one service, by name.
func allow(service, names string, resources ...string) statement {
	var actions []string
	for name := range strings.FieldsSeq(names) {
		actions = append(actions, service+":"+name)
	}
	return statement{actions: actions, resources: resources}
}

// managedPolicy is a policy that AWS keeps: what a picture shows of it, and what is broad in it.
type managedPolicy struct {
	statements []statement
	broad      []string
}

// managed are AWS's managed policies (AWS Managed Policy Reference). The objects that carry a tag are those of any bucket.
var managed = map[string]managedPolicy{
	"AmazonS3FullAccess": {
		statements: []statement{allow("s3", "*", "*")},
		broad:      []string{"everything may be done with every bucket of the account and all that it holds"},
	},
	"AmazonSageMakerFullAccess": {
		statements: []statement{
			allow("sagemaker", "*", "*"), allow("cloudwatch", "Put*", "*"), allow("logs", "Put*", "*"), allow("ecr", "Get*", "*"), allow("ec2", "Create*", "*"),
		},
		broad: []string{"any job, model and endpoint of SageMaker may be made, changed and deleted"},
	},
	"AmazonMachineLearningRoleforRedshiftDataSourceV3": {
		statements: []statement{
			allow("ec2", "CreateSecurityGroup", "*"), allow("redshift", "ModifyCluster", "*"),
			allow("s3", "GetObject PutObject PutBucketPolicy", "arn:aws:s3:::amazon-machine-learning*"),
		},
		broad: []string{
			"objects may be read and written, and the policy be replaced, in every bucket whose name begins with amazon-machine-learning",
			"any cluster of the account may be modified, and rules of any security group be added and taken away",
		},
	},
	"AmazonSSMManagedInstanceCore": {
		statements: []statement{allow("ssm", "Update* Put* Get*", "*"), allow("ssmmessages", "Create*", "*"), allow("ec2messages", "Get*", "*")},
		broad:      []string{"every parameter of Systems Manager may be read"},
	},
	"AmazonRedshiftAllCommandsFullAccess": {
		statements: []statement{
			allow("sagemaker", "Create* Describe* Stop*", "*redshift*"), allow("logs", "Put*", "*"), allow("cloudwatch", "Put*", "*"), allow("ecr", "Get*", "*"),
			allow("s3", "GetObject ListBucket PutObject DeleteObject", "arn:aws:s3:::redshift-downloads", "arn:aws:s3:::*redshift*"),
			{actions: []string{"s3:GetObject"}, resources: []string{"*"}, tags: []string{"Redshift=true"}},
			allow("dynamodb", "Scan", "*"), allow("elasticmapreduce", "List*", "*"), allow("lambda", "Invoke*", "*"), allow("glue", "Get*", "*"),
			allow("secretsmanager", "GetSecretValue", "*"),
		},
		broad: []string{
			"objects may be read, written and deleted in every bucket with redshift in its name",
			"every object that carries the tag Redshift with the value true may be read, in any bucket",
			"secrets, tables, functions and catalogs with redshift in their name may be read or used",
		},
	},
}

// Managed says what is broad in a managed policy; false means that it is not known.
func Managed(arn string) ([]string, bool) {
	p, known := managed[last(arn)]
	if !strings.Contains(arn, ":iam::aws:policy/") { // a policy of the account's own may have any name
		return nil, false
	}
	return p.broad, known
}

// statementOf reads a statement of a policy. One that names what it does not mean means everything.
func statementOf(s policy.Statement) statement {
	if s.Effect != policy.Allow {
		return statement{}
	}
	out := statement{actions: s.Actions, resources: s.Resources}
	if s.NotActions != nil {
		out.actions = []string{"*"}
	}
	if s.NotResources != nil {
		out.resources = []string{"*"}
	}
	for _, c := range s.Conditions {
		if tag, ok := strings.CutPrefix(c.Key, "s3:ExistingObjectTag/"); ok {
			out.tags = append(out.tags, tag+"="+strings.Join(c.Values, " or "))
		}
	}
	return out
}

// of are the names of the actions on one service.
func (s statement) of(service string) (names []string) {
	for _, a := range s.actions {
		of, name, _ := strings.Cut(a, ":")
		switch {
		case a == "*":
			names = append(names, "*")
		case strings.EqualFold(of, service):
			names = append(names, name)
		}
	}
	return names
}

// reach draws what every role reaches.
func (b *builder) reach() {
	for _, role := range b.roles {
		r := &reacher{builder: b, role: role, verbs: map[int][]string{}}
		for _, s := range b.grants[role] {
			r.s3(s)
			r.kms(s)
			r.sagemaker(s)
			r.others(s)
		}
		r.draw()
	}
}

// pass draws which roles principals may hand to a service; and of the plan's own roles those that may hand on more than
// the plan names.
func (b *builder) pass() {
	for _, i := range slices.Sorted(maps.Keys(b.passes)) {
		for _, resource := range passing(b.passes[i]) {
			b.edge(i, b.passed(resource), "may pass", strings.ContainsAny(resource, "*?"))
		}
	}
	for _, i := range b.roles {
		for _, resource := range passing(b.grants[i]) {
			if resource == "*" || strings.HasSuffix(resource, ":role/*") {
				b.edge(i, b.node("every role", Node{Place: Reached, Kind: "IAM roles", Name: "every role", Broad: true, rank: rankBroad}), "may pass", true)
			}
		}
	}
}

// passing are the roles that statements let be handed on.
func passing(statements []statement) (resources []string) {
	for _, s := range statements {
		if slices.ContainsFunc(s.of("iam"), func(name string) bool { return means(name, "PassRole") }) {
			resources = append(resources, s.resources...)
		}
	}
	return resources
}

// passed is the node of the role that a statement names, or of the many that it means.
func (b *builder) passed(resource string) int {
	if strings.ContainsAny(resource, "*?") {
		return b.node("roles "+resource, Node{Place: Way, Kind: "IAM roles", Name: map[bool]string{true: "every role", false: last(resource)}[resource == "*"], Broad: true, rank: rankBroad})
	}
	return b.role(resource)
}

// reacher gathers what one role does with each thing.
type reacher struct {
	*builder
	role  int
	order []int
	verbs map[int][]string
}

func (r *reacher) add(to int, verbs ...string) {
	if _, known := r.verbs[to]; !known {
		r.order = append(r.order, to)
	}
	r.verbs[to] = append(r.verbs[to], verbs...)
}

// vocabulary is every verb, in the order in which they are said. The first takes in the others.
var vocabulary = []string{"everything", "reads", "writes", "deletes", "looks at", "encrypts", "runs *redshift* jobs", "runs any job", "uses"}

func (r *reacher) draw() {
	for _, to := range r.order {
		var said []string
		for _, verb := range vocabulary {
			if slices.Contains(r.verbs[to], verb) {
				said = append(said, verb)
			}
		}
		text := strings.Join(said, ", ")
		if said[0] == vocabulary[0] {
			text = said[0]
		}
		r.edge(r.role, to, text, slices.Contains(said, "runs any job"))
	}
}

// s3 draws the buckets that a statement names, and those of the plan that it means. What a role may see of a bucket that
// it may do more with is not said.
func (r *reacher) s3(s statement) {
	verbs := verbsOf(s.of("s3"))
	if len(verbs) == 0 {
		return
	}
	for _, resource := range s.resources {
		pattern, ok := bucketOf(resource)
		if !ok {
			continue
		}
		if len(s.tags) > 0 {
			r.add(r.node("tagged "+strings.Join(s.tags, " "), Node{Place: Reached, Kind: "S3 objects", Name: "tagged " + strings.Join(s.tags, ", "), Broad: true, rank: rankBroad}), verbs...)
			continue
		}
		for i, n := range r.graph.Nodes {
			if n.Kind == "S3 bucket" && r.at["bucket "+n.Name] == i && means(pattern, n.Name) {
				r.add(i, verbs...)
			}
		}
		r.named(pattern, verbs)
	}
}

// named draws a bucket that is not the plan's, or a pattern that means several.
func (r *reacher) named(pattern string, verbs []string) {
	switch {
	case pattern == "*":
		r.add(r.node("buckets *", Node{Place: Reached, Kind: "S3 buckets", Name: "every bucket", Broad: true, rank: rankBroad}), verbs...)
	case strings.ContainsAny(pattern, "*?"):
		r.add(r.node("buckets "+pattern, Node{Place: Reached, Kind: "S3 buckets", Name: pattern, Broad: true, rank: rankBroad}), verbs...)
	default:
		n := Node{Place: Reached, Kind: "S3 bucket", Name: pattern}
		if pattern == "redshift-downloads" {
			n = Node{Place: Reached, Kind: "S3 bucket of AWS", Name: pattern, Foreign: true, Notes: []string{"public sample data"}, rank: rankForeign}
		}
		if i := r.node("bucket "+pattern, n); r.verbs[i] == nil {
			r.add(i, verbs...)
		} else {
			r.verbs[i] = append(r.verbs[i], verbs...)
		}
	}
}

// bucketOf is the bucket of a resource, or the pattern for buckets.
func bucketOf(resource string) (string, bool) {
	if resource == "*" {
		return "*", true
	}
	_, rest, ok := strings.Cut(resource, ":s3:::")
	if !ok {
		return "", false
	}
	name, _, _ := strings.Cut(rest, "/")
	return name, true
}

// means says that a pattern of a policy means a name. Neither has a slash.
func means(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// verbsOf says in short what actions on S3 do.
func verbsOf(actions []string) (verbs []string) {
	for _, a := range actions {
		if strings.Trim(a, "*") == "" {
			return []string{"everything"}
		}
		switch {
		case means(a, "GetObject"), means(a, "ListBucket"):
			verbs = append(verbs, "reads")
		case means(a, "PutObject"), means(a, "PutBucketAcl"), means(a, "PutBucketPolicy"):
			verbs = append(verbs, "writes")
		case means(a, "DeleteObject"), means(a, "DeleteBucket"):
			verbs = append(verbs, "deletes")
		case strings.HasPrefix(a, "Get"), strings.HasPrefix(a, "List"):
			verbs = append(verbs, "looks at")
		}
	}
	if len(verbs) > 0 && slices.ContainsFunc(verbs, func(v string) bool { return v != "looks at" }) {
		verbs = slices.DeleteFunc(verbs, func(v string) bool { return v == "looks at" })
	}
	return verbs
}

func (r *reacher) kms(s statement) {
	if !slices.ContainsFunc(s.of("kms"), func(a string) bool { return means(a, "Decrypt") || means(a, "Encrypt") || means(a, "GenerateDataKey") }) {
		return
	}
	for _, resource := range s.resources {
		i, ok := r.at["key "+resource]
		switch {
		case ok:
		case strings.ContainsAny(resource, "*?"):
			i = r.node("keys", Node{Place: Reached, Kind: "KMS keys", Name: "every key", Broad: true, rank: rankKey})
		case strings.Contains(resource, ":kms:"):
			i = r.node("key "+resource, Node{Place: Reached, Kind: "KMS key", Name: last(resource), rank: rankKey})
		default:
			continue
		}
		r.add(i, "encrypts")
	}
}

func (b *builder) serviceSageMaker() int {
	return b.node("sagemaker", Node{Place: Reached, Kind: "Service of AWS", Name: "Amazon SageMaker", Foreign: true, rank: rankLast})
}

// sagemaker tells what Redshift names its jobs after from any job there is.
func (r *reacher) sagemaker(s statement) {
	if len(s.of("sagemaker")) == 0 {
		return
	}
	verb := "runs any job"
	if !slices.ContainsFunc(s.resources, func(resource string) bool { return !strings.Contains(resource, "redshift") }) {
		verb = "runs *redshift* jobs"
	}
	r.add(r.serviceSageMaker(), verb)
}

// services are names of AWS's services by the prefix of their actions.
var services = []struct{ prefix, name string }{
	{"cloudwatch", "CloudWatch"},
	{"logs", "CloudWatch Logs"},
	{"ecr", "ECR"},
	{"ec2", "EC2 network"},
	{"bedrock", "Bedrock"},
	{"dynamodb", "DynamoDB"},
	{"elasticmapreduce", "EMR"},
	{"glue", "Glue"},
	{"lambda", "Lambda"},
	{"redshift", "Redshift"},
	{"secretsmanager", "Secrets Manager"},
}

// others draws the rest of the services as one node: none of them holds what an approval turns on.
func (r *reacher) others(s statement) {
	for _, service := range services {
		if len(s.of(service.prefix)) > 0 {
			i := r.node("others", Node{Place: Reached, Kind: "Other services of AWS", Foreign: true, rank: rankOthers})
			if !slices.Contains(r.services, service.name) {
				r.services = append(r.services, service.name)
			}
			r.graph.Nodes[i].Notes = []string{strings.Join(r.services, ", ")}
			r.add(i, "uses")
		}
	}
}

// route draws the endpoints between the warehouse and what it reaches by them.
func (b *builder) route() {
	from, ok := b.theWarehouse()
	for _, e := range b.endpoints {
		if ok && b.routed {
			b.edge(from, e, "routes through", false)
		}
		if b.graph.Nodes[e].Kind == "Interface endpoint" {
			b.edge(e, b.serviceSageMaker(), "carries", false)
			continue
		}
		for i, n := range b.graph.Nodes {
			if n.Kind == "S3 bucket" {
				b.edge(e, i, "carries", false)
			}
		}
	}
}
