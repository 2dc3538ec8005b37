package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// Verdict is how an account compares with a plan.
type Verdict struct {
	Findings map[string]Finding // by id of the resource
	Wrong    []plan.Note        // what probes found
	Notes    []plan.Note        // what is good to know: findings of less weight, and what could not be asked
}

// Good says that the account is as planned: everything is there, the same, ready, and does what it is for.
func (v Verdict) Good() bool {
	for _, f := range v.Findings {
		if len(f.Differences)+len(f.Pending) > 0 || f.Problem != "" || f.Action == plan.Create || f.Action == plan.Update {
			return false
		}
	}
	return len(v.Wrong) == 0
}

// Verify compares every property of the plan with the account, and then asks the plan's probes and Access
// Analyzer, as far as the caller may. It makes no call that changes anything.
func Verify(ctx context.Context, p plan.Plan, c Caller) (Verdict, error) {
	r := newRun(p, c, Options{})
	findings, err := r.survey(ctx, p)
	v := Verdict{Findings: findings}
	if err != nil {
		return v, err
	}
	if err := r.works(ctx, &v); err != nil {
		return v, err
	}
	for _, res := range p.Resources {
		for _, text := range findings[res.ID].Notes {
			v.Notes = append(v.Notes, plan.Note{On: res.ID, Text: res.Spec.Label() + ": " + text})
		}
	}
	missed := map[string][]string{} // by name of the call: why it could not be made, for each probe
	for _, probe := range append(documentProbes(p), p.Probes...) {
		if f := findings[probe.On]; f.Action == plan.Create || f.Problem != "" {
			continue // it is not there: that is said already
		}
		err := r.probe(ctx, probe, &v)
		switch {
		case ctx.Err() != nil:
			return v, ctx.Err()
		case err != nil: // a check more that could not be made is no failure
			missed[probe.Call.Name()] = append(missed[probe.Call.Name()], shorten(err.Error()))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missed)) {
		v.Notes = append(v.Notes, plan.Note{Text: fmt.Sprintf("%s: %d checks could not be made: %s", name, len(missed[name]), missed[name][0])})
	}
	return v, nil
}

func (r *run) probe(ctx context.Context, probe plan.Probe, v *Verdict) error {
	call := r.call(probe.Call)
	if unknown(plan.Step{Read: call}) {
		return nil
	}
	answer, err := r.desk.read(ctx, call)
	if err != nil {
		return err
	}
	for _, list := range []struct {
		query string
		into  *[]plan.Note
	}{{probe.Wrong, &v.Wrong}, {probe.Notes, &v.Notes}} {
		if list.query == "" {
			continue
		}
		found, err := query.Texts(answer, list.query)
		if err != nil {
			return err
		}
		for _, text := range found {
			*list.into = append(*list.into, plan.Note{On: probe.On, Text: probe.Title + ": " + text})
		}
	}
	return nil
}

// documentProbes ask IAM Access Analyzer about every document (Access Analyzer API Reference,
// ValidatePolicy): its errors are wrong, its warnings are good to know.
func documentProbes(p plan.Plan) []plan.Probe {
	var out []plan.Probe
	for _, d := range p.Documents() {
		members := []any{"policyDocument", string(d.Policy.Compact())}
		switch d.Kind {
		case policy.Trust:
			members = append(members, "policyType", "RESOURCE_POLICY", "validatePolicyResourceType", "AWS::IAM::AssumeRolePolicyDocument")
		case policy.BucketPolicy:
			members = append(members, "policyType", "RESOURCE_POLICY", "validatePolicyResourceType", "AWS::S3::Bucket")
		case policy.Identity:
			members = append(members, "policyType", "IDENTITY_POLICY")
		default:
			continue
		}
		out = append(out, plan.Probe{
			On: d.Resource, Title: "Access Analyzer on " + strings.ToLower(d.Title[:1]) + d.Title[1:],
			Call:  plan.NewCall("access-analyzer", "ValidatePolicy", members...),
			Wrong: "findings[?findingType=='ERROR'].findingDetails", Notes: "findings[?findingType!='ERROR'].findingDetails",
		})
	}
	return out
}
