package kind

import (
	"strings"

	"onramp/internal/plan"
)

// NothingBeside has verify look for what else the plan's roles may do: a policy that earlier answers have left, or that
// somebody has put there since, gives rights that no document of the plan shows. A boundary that the plan does not have
// only takes rights away, and is good to know.
func NothingBeside(p plan.Plan) []plan.Probe {
	attached, inline := map[string][]string{}, map[string][]string{}
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case Attachment:
			attached[s.RoleName] = append(attached[s.RoleName], s.PolicyARN)
		case InlinePolicy:
			inline[s.RoleName] = append(inline[s.RoleName], s.PolicyName)
		}
	}
	var out []plan.Probe
	for _, r := range p.Resources {
		role, is := r.Spec.(Role)
		if !is {
			continue
		}
		name := role.RoleName
		title := "role " + name + " has a policy that the plan does not have; take it off if nobody needs it"
		out = append(out,
			plan.Probe{
				On: r.ID, Title: title, Call: plan.NewCall("iam", "ListAttachedRolePolicies", "RoleName", name),
				Wrong: "AttachedPolicies[" + noneOf("PolicyArn", attached[name]) + "].PolicyArn",
			},
			plan.Probe{
				On: r.ID, Title: title, Call: plan.NewCall("iam", "ListRolePolicies", "RoleName", name),
				Wrong: "PolicyNames[" + noneOf("@", inline[name]) + "].join(' ', ['inline policy', @])",
			})
		if role.Boundary == "" {
			out = append(out, plan.Probe{
				On: r.ID, Title: "role " + name + " has a permissions boundary that the plan does not have", Call: getRole(name),
				Notes: "[Role.PermissionsBoundary.PermissionsBoundaryArn][?@]",
			})
		}
	}
	return out
}

// noneOf is the JMESPath filter for the items of a list that are none of some texts.
func noneOf(of string, texts []string) string {
	var tests []string
	for _, s := range texts {
		tests = append(tests, of+"!="+raw(s))
	}
	if len(tests) == 0 {
		return ""
	}
	return "?" + strings.Join(tests, " && ")
}
