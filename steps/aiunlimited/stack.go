package aiunlimited

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"onramp/internal/plan"
)

// parametersFile is what the stack is deployed with.
const parametersFile = "ai-unlimited-parameters.json"

// templates are upstream's, by what stands before the manager.
var templates = map[string]string{"none": "ai-unlimited-without-lb.yaml", "network": "ai-unlimited-with-nlb.yaml"}

// parameter is a parameter of the stack, as the AWS CLI reads it from a file.
type parameter struct {
	ParameterKey   string
	ParameterValue string
}

// stack writes down what the template is deployed with, and what is told to whom afterwards. It is not run: the
// template is Teradata's.
func (b *builder) stack() {
	template, is := templates[b.text("load-balancer.kind")]
	if !is || b.text("stack.name") == "" {
		return
	}
	b.plan.Files = []plan.File{{Name: parametersFile, Title: "Parameters of " + template, Text: encoded(b.parameters())}}
	b.plan.HandOver = b.handOver()
	b.plan.FollowUps = []plan.FollowUp{{
		Title: "Create the stack of AI Unlimited", When: b.ready(template),
		Command: []string{
			"aws", "cloudformation", "create-stack", "--region", b.t.Region, "--stack-name", b.text("stack.name"), "--template-body", "file://" + template,
			"--parameters", "file://" + parametersFile, "--capabilities", "CAPABILITY_NAMED_IAM",
		},
	}}
}

func encoded(parameters []parameter) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(parameters); err != nil {
		panic(err) // only texts are in it
	}
	return out.String()
}

// ready says what must have happened before the stack is made.
func (b *builder) ready(template string) string {
	when := fmt.Sprintf("everything above is done and %s of Teradata/ai-unlimited at commit %s is in the folder (deployments/aws/templates/ai-unlimited)", template, upstream)
	if open := b.open(); len(open) > 0 {
		when += "; these parameters must be put into " + parametersFile + " before: " + strings.Join(open, ", ")
	}
	return when
}

// open are the parameters that have no default in the template and no answer here.
func (b *builder) open() []string {
	if b.a.Bool("network.fill-in") {
		return nil
	}
	open := []string{"Vpc", "Subnet", "AvailabilityZone"}
	if b.text("load-balancer.kind") == "network" {
		return append(open, "LoadBalancerSubnet", "one of AccessCIDR and PrefixList (the other, and SecurityGroup, as empty texts)")
	}
	return append(open, "one of AccessCIDR, PrefixList and SecurityGroup (the others as empty texts)")
}

// parameters are those without a default in the template, and those that were asked for. An empty text is a value: the
// template has no default for these, and means none by it (deployments/aws/templates/ai-unlimited at upstream).
func (b *builder) parameters() []parameter {
	p := func(key, value string) parameter { return parameter{key, value} }
	out := []parameter{
		p("AiUnlimitedName", b.text("stack.name")), p("InstanceType", b.text("stack.instance-type")),
		p("RootVolumeSize", b.size("stack.root-volume")), p("PersistentVolumeSize", b.size("stack.persistent-volume")),
		p("TerminationProtection", b.yes("stack.termination-protection")),
		p("IamRole", b.iamRole()), p("IamRoleName", b.iamRoleName()), p("IamPermissionsBoundary", b.stackBoundary()),
		p("Session", strconv.FormatBool(b.withSession())), p("KeyName", b.keyName()),
	}
	if b.a.Bool("network.fill-in") {
		out = append(out, p("Private", b.yes("network.private")), p("Vpc", b.text("network.vpc")), p("Subnet", b.text("network.subnet")),
			p("AvailabilityZone", b.text("network.availability-zone")),
			p("AccessCIDR", b.text("network.cidr")), p("PrefixList", b.text("network.prefix-list")), p("SecurityGroup", b.text("network.security-group")))
	}
	if b.text("load-balancer.kind") == "network" {
		out = append(out, p("LoadBalancerScheme", b.text("load-balancer.scheme")))
		if b.a.Bool("network.fill-in") {
			out = append(out, p("LoadBalancerSubnet", b.text("load-balancer.subnet")))
		}
	}
	return out
}

func (b *builder) size(key string) string { return strconv.Itoa(b.a.Int(key)) }
func (b *builder) yes(key string) string  { return strconv.FormatBool(b.a.Bool(key)) }

// iamRole is Existing as soon as a role exists. The finished page says New for a role of one's own, and the stack would
// try to make it a second time.
func (b *builder) iamRole() string {
	if b.text("manager.source") == "stack" {
		return "New"
	}
	return "Existing"
}

func (b *builder) iamRoleName() string {
	if b.text("manager.source") == "stack" {
		return b.text("stack.role-name")
	}
	return b.text("manager.name")
}

// stackBoundary is the boundary of the role that the template makes: it sets none on another.
func (b *builder) stackBoundary() string {
	if b.text("manager.source") == "stack" {
		return b.text("manager.permissions-boundary")
	}
	return ""
}

func (b *builder) keyName() string {
	if b.accessIs("key-pair") {
		return b.text("access.key-name")
	}
	return ""
}

// made is the id of a resource that the plan has, or nothing.
func (b *builder) made(id string) string {
	if _, is := b.plan.Find(id); is {
		return id
	}
	return ""
}

// handOver are the values of the decision between the two roles, where they are entered.
func (b *builder) handOver() []plan.Value {
	const stack, page = "parameter of the stack", "setup page of AI Unlimited"
	engine := ""
	if e, supplied := b.engineRole(); supplied {
		engine = e.name
	}
	out := []plan.Value{
		{Name: "IamRole", Value: b.iamRole(), For: stack},
		{Name: "IamRoleName", Value: b.iamRoleName(), For: stack, Of: b.made(idManager)},
		{Name: "KeyName", Value: b.keyName(), For: stack, Of: b.made(idKeyPair)},
		{Name: "Session", Value: strconv.FormatBool(b.withSession()), For: stack},
		{Name: "Default IAM role", Value: engine, For: page, Of: b.made(idEngine)},
	}
	if boundary := b.text("manager.permissions-boundary"); boundary != "" && !b.supplied() {
		out = append(out, plan.Value{Name: "Permissions boundary ARN", Value: boundary, For: page + ", for the roles that the service creates"})
	}
	return out
}
