package terraform

// versions is versions.tf. The provider is that of the plan's account and of no other. It has no credentials:
// it finds them where every tool of AWS does.
func (m *module) versions() *body {
	f := &body{}
	t := m.in(f, "terraform")
	t.literal("required_version", ">= 1.7.0") // import blocks with expressions, and removed blocks
	t.nest("required_providers").expr("aws", `{
  source  = "hashicorp/aws"
  version = "~> 5.100"
}`)
	p := m.in(f, "provider", "aws")
	p.expr("region", "var.region")
	p.set("allowed_account_ids", m.literals([]string{m.plan.Target.Account}))
	return f
}

// region adds the variable and the output of the region. ARNs begin with the partition, so that a region of
// another one would not do.
func (m *module) region() {
	pattern := map[string]string{
		"aws": "([abd-z][a-z]|c[a-mo-z])-[a-z]+-[0-9]+", "aws-cn": "cn-[a-z]+-[0-9]+", "aws-us-gov": "us-gov-[a-z]+-[0-9]+",
	}[m.plan.Target.Partition]
	r := rule{about: "Region of the plan."}
	if pattern != "" {
		r.condition = `can(regex("^` + pattern + `$", %[1]s))`
		r.message = "The region must be one of the partition " + m.plan.Target.Partition + "."
	}
	m.name("region", r, m.plan.Target.Region)
	m.shows(m.output("region", r.about, "var.region"), m.plan.Target.Region)
}
