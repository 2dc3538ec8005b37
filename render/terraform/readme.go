package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

// readme is README.md: what to do, in order. What the plan calls things stands in fences, where nothing is read
// as markup.
func (m *module) readme(o render.Origin) render.File {
	r := &readme{module: m}
	r.line("# %s", printable(m.plan.Title))
	r.line("\nA Terraform module, made from a plan of onramp.")
	r.fence("text", []string{
		"account   " + m.plan.Target.Account, "region    " + m.plan.Target.Region, "plan      " + m.hash,
		"onramp    " + printable(o.Version), "made by   " + printable(o.Command),
	})
	r.line("\n## What to do, in order")
	r.steps()
	r.inTheWay()
	r.warnings()
	r.handOver()
	r.byHand()
	r.back()
	return render.File{Name: "README.md", Data: []byte(r.b.String())}
}

type readme struct {
	*module
	b strings.Builder
	n int // of the step
}

func (r *readme) line(format string, args ...any) { fmt.Fprintf(&r.b, format+"\n", args...) }

// step writes the next step, whose fence has what the plan calls its parts.
func (r *readme) step(text string, parts ...string) {
	r.n++
	r.line("\n%d. %s", r.n, text)
	if len(parts) > 0 {
		r.fence("text", parts)
	}
}

// fence writes lines of the plan between marks that are longer than any run of them in the lines.
func (r *readme) fence(language string, lines []string) {
	text := strings.Join(lines, "\n")
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	r.line("\n%s%s\n%s\n%s", marks, language, text, marks)
}

func (r *readme) steps() {
	r.step("`terraform init`, with credentials for the account above: `aws sts get-caller-identity` tells. The state stays in this folder unless a backend is added. No password is in it.")
	if len(r.before) > 0 {
		r.step("`./pre.sh` for what must be there before Terraform. `DRY_RUN=1 ./pre.sh` only says what it would do. It takes bash and the AWS CLI.", labels(r.before)...)
	}
	r.step("`terraform plan -out=plan.tfplan`, read what it says, and `terraform apply plan.tfplan`. Names, sizes and ids can be changed by the variables of `variables.tf`; their defaults are the plan's.")
	if len(r.imports.rows) > 0 {
		r.step("Delete `imports.tf`: what was there already is in the state now, and Terraform manages it.")
	}
	if len(r.after) > 0 {
		r.step("`./post.sh` for what Terraform cannot do, or only by replacing what others have put there. It looks first, adds what is missing, and can be run again. `DRY_RUN=1 ./post.sh` only says what it would do.", labels(r.after)...)
	}
	if len(r.left()) > 0 {
		r.step("What is below under \"Left to do by hand\".")
	}
}

func labels(resources []plan.Resource) []string {
	var out []string
	for _, r := range resources {
		out = append(out, printable(plan.Shown(r.Spec.Label())))
	}
	return out
}

// inTheWay tells what a look at the account found that Terraform will stop at.
func (r *readme) inTheWay() {
	var lines []string
	asked := false
	for _, res := range r.plan.Resources {
		label := printable(plan.Shown(res.Spec.Label()))
		switch f := r.found[res.ID]; {
		case f.Problem != "":
			lines = append(lines, label+": "+printable(f.Problem))
		case r.foreign(res):
			lines = append(lines, label+": it exists already and was not made by this plan")
		}
		for _, d := range r.reliedOn(res) {
			lines, asked = append(lines, label+": "+printable((&apply.NeedsConsent{Have: d.Have, Want: d.Want}).Error())), true
		}
	}
	if len(lines) == 0 {
		return
	}
	r.line("\n## What is in the way\n\nA look at the account found this. Terraform or the scripts will stop at it:")
	r.fence("text", lines)
	if asked {
		r.line("\nWhat others may rely on is changed only with consent: look at it, and give it with `onramp apply --adopt`, or to a script with `ADOPT=1`.")
	}
}

func (r *readme) warnings() {
	if len(r.plan.Warnings) == 0 {
		return
	}
	r.line("\n## To think about before it is applied")
	var lines []string
	for _, w := range r.plan.Warnings {
		line := "- " + printable(plan.Shown(w.Text))
		if w.Remedy != "" {
			line += " (remedy: " + printable(plan.Shown(w.Remedy)) + ")"
		}
		lines = append(lines, line)
	}
	r.fence("text", lines)
}

// left are the statements that nobody but a person runs: those that the plan only writes down, and those that
// must wait.
func (r *readme) left() []string {
	var lines []string
	add := func(title, sql string) {
		for line := range strings.SplitSeq(strings.ReplaceAll(title, "\r", "\n"), "\n") {
			lines = append(lines, "-- "+line)
		}
		lines = append(lines, sql+";", "")
	}
	runs := slices.ContainsFunc(r.plan.Resources, func(res plan.Resource) bool { _, is := res.Spec.(kind.SQL); return is })
	for _, s := range r.plan.SQL {
		if !runs {
			add(s.Title, r.outputsIn(s.Text))
		}
	}
	for _, f := range r.plan.FollowUps {
		if f.SQL != "" {
			add(f.Title+", when "+f.When, r.outputsIn(f.SQL))
		}
	}
	return lines
}

// outputsIn puts the names of outputs in the place of what AWS has yet to give.
func (r *readme) outputsIn(text string) string {
	return plan.Fill(text, func(ref plan.Ref) string {
		if name := r.names.labels[ref.Resource] + "_" + ref.Output; slices.Contains(r.taken, "output."+name) {
			return "<" + name + ">"
		}
		return plan.Unknown
	})
}

// handOver prints the values that go elsewhere, and the commands that are run afterwards.
func (r *readme) handOver() {
	var lines []string
	for _, v := range r.plan.HandOver {
		lines = append(lines, printable(v.Name)+": "+printable(cmp.Or(v.Value, "leave it empty"))+" ("+printable(v.For)+")")
	}
	if len(lines) > 0 {
		r.line("\n## To hand over\n\nValues that have to be entered elsewhere:")
		r.fence("text", lines)
	}
	for _, f := range r.plan.FollowUps {
		if len(f.Command) > 0 {
			r.line("\n## Afterwards")
			r.fence("sh", []string{"# " + printable(f.Title+", when "+f.When), shell.Lines(f.Command)})
		}
	}
}

func (r *readme) byHand() {
	lines := r.left()
	if len(lines) == 0 {
		return
	}
	r.line("\n## Left to do by hand\n\nSQL, to be run as a superuser where it says nothing else. `<key_id>` and the like stand for what `terraform output` prints under that name.")
	r.fence("sql", lines[:len(lines)-1])
}

// back tells what takes the module back, and what that leaves.
func (r *readme) back() {
	r.line("\n## To take it back\n\n`terraform destroy` deletes what Terraform has made.")
	has := map[plan.Kind]bool{}
	for _, res := range r.plan.Resources {
		has[res.Spec.Kind()] = !r.exists(res) || has[res.Spec.Kind()]
	}
	if has[kind.Bucket{}.Kind()] {
		r.line("It stops at a bucket that holds objects.")
	}
	if has[kind.Key{}.Kind()] {
		r.line("The KMS key waits %d days until it is gone, and can be kept until then.", deletionWindow)
	}
	if has[kind.Cluster{}.Kind()] {
		r.line("The cluster leaves a final snapshot.")
	}
	switch {
	case len(r.before) > 0 && len(r.after) > 0:
		r.line("It takes nothing back that `pre.sh` and `post.sh` have done: take the roles off the warehouse first.")
	case len(r.after) > 0:
		r.line("It takes nothing back that `post.sh` has done: take the roles off the warehouse first.")
	}
}
