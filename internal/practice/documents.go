package practice

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"onramp/internal/policy"
)

// This file knows what AWS says to a policy document that it does not take. The words are those that
// people quote from IAM; each service has a code of its own for them.

// document reads a policy and checks it as its kind demands. The error is a plain sentence: the
// service gives it its code.
func document(text string, kind policy.Kind) (policy.Document, error) {
	if strings.ContainsFunc(text, func(r rune) bool { return r > '\u00FF' }) {
		return policy.Document{}, errors.New("The policy contains characters that are not allowed.")
	}
	d, err := policy.Parse(withoutID([]byte(text)))
	if err != nil {
		return d, syntax(err, kind)
	}
	if len(d.Statements) == 0 {
		return d, errors.New("Syntax errors in policy.")
	}
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if s.Sid != "" && seen[s.Sid] {
			return d, errors.New("Statement IDs (SID) in a single policy must be unique.")
		}
		seen[s.Sid] = true
		if err := statement(s, kind); err != nil {
			return d, err
		}
	}
	for _, err := range policy.Validate(d, kind) {
		if !strings.Contains(err.Error(), "placeholder") { // AWS takes what a template leaves behind
			return d, errors.New("Syntax errors in policy.")
		}
	}
	return d, nil
}

// withoutID takes the element Id away, which means nothing and which package policy does not keep:
// KMS's default key policy has one.
func withoutID(data []byte) []byte {
	var elements map[string]json.RawMessage
	if json.Unmarshal(data, &elements) != nil || elements["Id"] == nil {
		return data
	}
	delete(elements, "Id")
	out, err := json.Marshal(elements)
	if err != nil {
		return data
	}
	return out
}

// syntax words what policy.Parse found.
func syntax(err error, kind policy.Kind) error {
	if kind == policy.BucketPolicy {
		if strings.Contains(err.Error(), "unknown element") {
			return errors.New("Unknown field " + lastWord(err))
		}
		return errors.New("This policy contains invalid Json")
	}
	return errors.New("Syntax errors in policy.")
}

// lastWord is the element that an error of policy.Parse names.
func lastWord(err error) string {
	parts := strings.Split(err.Error(), ": ")
	return parts[max(len(parts)-2, 0)]
}

// statement checks what the grammar demands of one statement, in the order in which IAM says it.
func statement(s policy.Statement, kind policy.Kind) error {
	if s.Effect != policy.Allow && s.Effect != policy.Deny {
		return errors.New("Syntax errors in policy.")
	}
	if err := principals(s, kind); err != nil {
		return err
	}
	if len(s.Actions)+len(s.NotActions) == 0 {
		return missing(kind, "Action", "Policy statement must contain actions.")
	}
	if kind == policy.Trust && (s.Resources != nil || s.NotResources != nil) {
		return errors.New("Has prohibited field Resource.")
	}
	if kind != policy.Trust && len(s.Resources)+len(s.NotResources) == 0 {
		return missing(kind, "Resource", "Policy statement must contain resources.")
	}
	return first(actions(s, kind), resources(s, kind), conditions(s))
}

// missing words an element that is not there: S3 names it, IAM describes it.
func missing(kind policy.Kind, element, said string) error {
	if kind == policy.BucketPolicy || kind == policy.KeyPolicy {
		return errors.New("Missing required field " + element)
	}
	return errors.New(said)
}

func principals(s policy.Statement, kind policy.Kind) error {
	p := s.Principal
	absent := !p.Any && len(p.AWS)+len(p.Services)+len(p.Federated) == 0
	switch {
	case kind == policy.Identity && !absent:
		return errors.New("Policy document should not specify a principal.")
	case kind != policy.Identity && absent:
		return errors.New("Missing required field Principal")
	}
	return nil
}

var (
	actionForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$`)
	})
	vendorless = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[^:]*$`)
	})
	arnForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^arn:(\*|aws[a-z-]*):[a-z0-9-]+:[^:]*:[^:]*:.+$`)
	})
)

func actions(s policy.Statement, kind policy.Kind) error {
	for _, a := range slices.Concat(s.Actions, s.NotActions) {
		switch {
		case kind == policy.BucketPolicy && a != "*" && !strings.HasPrefix(strings.ToLower(a), "s3:"):
			return errors.New("Policy has invalid action")
		case kind == policy.Trust && !strings.HasPrefix(strings.ToLower(a), "sts:"):
			return errors.New("AssumeRole policy may only specify STS AssumeRole actions.")
		case a != "*" && vendorless().MatchString(a):
			return errors.New("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
		case !actionForm().MatchString(a):
			return errors.New("Syntax errors in policy.")
		}
	}
	return nil
}

func resources(s policy.Statement, kind policy.Kind) error {
	for _, r := range slices.Concat(s.Resources, s.NotResources) {
		switch {
		case r == "*" || arnForm().MatchString(r):
		case kind == policy.BucketPolicy:
			return errors.New("Policy has invalid resource")
		default:
			return errors.New("Resource " + r + ` must be in ARN format or "*".`)
		}
	}
	return nil
}

func conditions(s policy.Statement) error {
	probe := policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}, Conditions: s.Conditions,
	}}}
	for _, err := range policy.Validate(probe, policy.Identity) {
		if _, operator, found := strings.Cut(err.Error(), "Condition "); found && strings.Contains(err.Error(), "unknown operator") {
			operator, _, _ = strings.Cut(operator, " ")
			return errors.New("Invalid Condition type : " + operator + ".")
		}
	}
	return nil
}

// stranger finds the first principal of a document that IAM does not know: "a service principal that
// does not exist, or a principal that does not exist" (IAM UG, AWS JSON policy elements: Principal).
// It gives the principal's type and name, and "" where all are known.
func (c *call) stranger(d policy.Document) (kind, name string) {
	for _, s := range d.Statements {
		for _, service := range s.Principal.Services {
			if !isService(service) {
				return "SERVICE", service
			}
		}
		for _, p := range s.Principal.AWS {
			if !c.exists(p) {
				return "AWS", p
			}
		}
	}
	return "", ""
}

var principalARN = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:(aws[a-z-]*):(iam|sts)::([0-9]{12}):(.+)$`)
})

// exists says that a principal is there. Other accounts are not asked: theirs are taken on trust.
func (c *call) exists(principal string) bool {
	m := principalARN().FindStringSubmatch(principal)
	if m == nil {
		return principal == "*" || accountNumber().MatchString(principal)
	}
	partition, account, resource := m[1], m[3], m[4]
	name := resource[strings.LastIndex(resource, "/")+1:]
	switch {
	case partition != c.partition:
		return false
	case account != Number || resource == "root" || m[2] == "sts":
		return true
	case strings.HasPrefix(resource, "role/"):
		r := c.roles[strings.ToLower(name)]
		return r != nil && r.arn == principal && !c.fresh(r)
	}
	if held := c.users[strings.ToLower(name)]; held != nil && held.arn == principal {
		return true
	}
	return resource == "user/"+Caller
}

var accountNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9]{12}$`)
})

// knownServices are principals of services, by the first label, in the order of the alphabet. AWS
// keeps no complete list; these are the ones that roles of data platforms name.
var knownServices = strings.Fields(`
	airflow airflow-env apigateway appflow application-autoscaling athena autoscaling backup batch bedrock cloudformation cloudtrail
	cloudwatch codebuild codepipeline config databrew datasync delivery.logs dms dynamodb ec2 ecs ecs-tasks eks eks-fargate-pods
	elasticmapreduce events firehose forecast glue guardduty inspector kafka kafkaconnect kinesis kms lakeformation lambda logging.s3 logs
	machinelearning monitoring pipes quicksight rds redshift redshift-serverless replication.dynamodb s3 sagemaker scheduler
	secretsmanager sns spotfleet sqs ssm states storagegateway transfer vpc-flow-logs`)

var serviceForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([a-z0-9.-]+?)(?:\.([a-z]{2,4}(?:-[a-z]+)+-[0-9]))?\.amazonaws\.com(?:\.cn)?$`)
})

func isService(principal string) bool {
	m := serviceForm().FindStringSubmatch(principal)
	return m != nil && slices.Contains(knownServices, m[1])
}
