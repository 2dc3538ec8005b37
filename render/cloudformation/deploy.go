package cloudformation

import (
	_ "embed" // the scripts
	"fmt"
	"slices"
	"strings"
	"unicode"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

var (
	//go:embed common.sh
	commonBody string
	//go:embed deploy.sh
	deployBody string
)

// heading is the beginning of a script: what it is for and where it comes from.
func (t *template) heading(o render.Origin, lines ...[2]string) string {
	var b strings.Builder
	b.WriteString("#!/usr/bin/env bash\n#\n")
	lines = append(lines, [2]string{"guide", t.plan.Guide}, [2]string{"plan", t.hash}, [2]string{"onramp", o.Version}, [2]string{"made by", o.Command})
	for _, line := range lines {
		b.WriteString(strings.TrimRight(fmt.Sprintf("#   %-8s  %s", line[0], comment(line[1])), " ") + "\n")
	}
	return b.String()
}

// comment writes a text so that it stays in its comment.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, plan.Shown(text))
}

// commented writes lines of a comment.
func commented(lines ...string) string {
	var b strings.Builder
	b.WriteString("#\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight("# "+comment(line), " ") + "\n")
	}
	return b.String()
}

// deploy writes the script that makes the stack, and changes it later.
func (t *template) deploy(size int, stackName string, o render.Origin) []byte {
	var b strings.Builder
	b.WriteString(t.heading(o,
		[2]string{"deploys", t.plan.Title}, [2]string{"stack", stackName}, [2]string{"account", t.plan.Target.Account}, [2]string{"region", t.plan.Target.Region}))
	b.WriteString(commented(t.order(size)...))
	b.WriteString(shell.Beginning(deployCalls))
	fmt.Fprintf(&b, "ACCOUNT=%s\nREGION=%s\nSTACK=%s\nPLAN=%s\nTAGS=%s\n",
		shell.Quote(t.plan.Target.Account), shell.Quote(t.plan.Target.Region), shell.Quote(stackName), shell.Quote(t.hash), shell.Quote(t.tagList()))
	t.writeLookUps(&b)
	t.writeChecks(&b)
	writeTemplateWord(&b, size, stackName, t.hash)
	b.WriteString(commonBody + deployBody)
	if t.hasPost() {
		b.WriteString("say 'Now run post.sh: " + t.postDoes("") + ".'\n")
	}
	return []byte(b.String())
}

// deployCalls are those of deploy.sh's calls that not every version of the AWS CLI can make.
var deployCalls = []plan.Call{plan.NewCall("cloudformation", "ExecuteChangeSet", "RetainExceptOnCreate", true)}

// order says what is to be run, and when.
func (t *template) order(size int) []string {
	lines := []string{
		"It takes " + shell.Takes(deployCalls) + ".", "In this order:", "",
	}
	if len(t.before) > 0 {
		lines = append(lines, t.preDoes()...)
	}
	lines = append(lines, "  bash deploy.sh   makes a change set of template.yaml and parameters.json, shows it and carries it out;",
		"                   REVIEW=1 bash deploy.sh only shows it")
	if len(t.after) == 0 && t.hasPost() {
		lines = append(lines, "  bash post.sh     tells what is left to do by hand and what to hand over")
	}
	if len(t.after) > 0 {
		lines = append(lines, "  bash post.sh     does what CloudFormation cannot do:")
		for _, l := range t.after {
			lines = append(lines, "                     "+l.what)
		}
	}
	lines = append(lines, "", "Each can be run again at any time.")
	if slices.ContainsFunc(t.plan.Resources, outlives) {
		lines = append(lines, "A deleted stack leaves its buckets and its key behind, with what they hold.")
	}
	return append(lines, needsUpload(size)...)
}

// preDoes says what the script before does. One can only look at trust: it puts no policies together.
func (t *template) preDoes() []string {
	var changes []string
	for _, l := range t.before {
		_, looks := l.Spec.(kind.ExistingPrincipal)
		if len(l.Changes()) > 0 && !looks {
			changes = append(changes, "                     "+l.what)
		}
	}
	if len(changes) == 0 {
		return []string{"  bash pre.sh      looks at what must be there already"}
	}
	return append([]string{"  bash pre.sh      looks at what must be there already, and changes:"}, changes...)
}

// postDoes says what the script after does, for the line that a deployment ends with.
func (t *template) postDoes(where string) string {
	if len(t.after) == 0 {
		return "it tells " + where + "what is left to do by hand and what to hand over"
	}
	return "it does " + where + "what CloudFormation cannot do"
}

// outlives says that a resource outlives its stack.
func outlives(r plan.Resource) bool {
	switch r.Spec.(type) {
	case kind.Bucket, kind.Key:
		return true
	}
	return false
}

// needsUpload says how a template goes to CloudFormation that is too long for the call.
func needsUpload(size int) []string {
	if size <= maxBody {
		return nil
	}
	return []string{
		"", fmt.Sprintf("The template has %d bytes, and the call takes %d: it goes through a bucket of yours in the region, named by", size, maxBody),
		"the variable TEMPLATE_BUCKET.",
	}
}

// tagList is the tag of the stack: to whom it belongs.
func (t *template) tagList() string {
	text, err := quotedJSON([]map[string]string{{"Key": plan.TagPlan, "Value": t.plan.Owner}})
	t.fail(err)
	return text
}

func (t *template) writeLookUps(b *strings.Builder) {
	b.WriteString("\n# look_up asks the account for what the plan could not know.\nlook_up() {\n")
	for _, l := range t.lookups {
		fmt.Fprintf(b, "  fill %s %s\n", l.parameter, l.command)
	}
	b.WriteString("  :\n}\n")
}

func (t *template) writeChecks(b *strings.Builder) {
	b.WriteString("\n# look_first sees, before the stack is made, that what it makes is not there.\nlook_first() {\n")
	for _, c := range t.checks {
		fmt.Fprintf(b, "  absent %s %s aws %s\n", c.flag, shell.Quote(c.what), c.command)
	}
	if t.dns != "" {
		fmt.Fprintf(b, "  private_names \"$(value %s)\"\n", t.dns)
	}
	b.WriteString("  :\n}\n")
}

// writeTemplateWord writes how the template is given to a call.
func writeTemplateWord(b *strings.Builder, size int, stackName, hash string) {
	if size <= maxBody {
		b.WriteString("\n# template says how the template goes to CloudFormation.\ntemplate() { TEMPLATE=(--template-body file://template.yaml); }\n")
		return
	}
	key := shell.Quote("onramp/" + stackName + "-" + hash + ".yaml")
	fmt.Fprintf(b, `
# template puts the template into a bucket, because it is too long for the call.
template() {
  local key=%s suffix=amazonaws.com
  case $REGION in
    cn-*) suffix=amazonaws.com.cn ;;
  esac
  if [ -z "${TEMPLATE_BUCKET:-}" ]; then
    fail 'the template must go through a bucket' 'name one that is in this region with TEMPLATE_BUCKET=...'
  fi
  aws s3 cp template.yaml "s3://$TEMPLATE_BUCKET/$key" --only-show-errors
  TEMPLATE=(--template-url "https://$TEMPLATE_BUCKET.s3.$REGION.$suffix/$key")
}
`, key)
}
