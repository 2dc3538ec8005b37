// Package cloudformation renders a plan as a CloudFormation template, with scripts for what
// CloudFormation cannot do; and the same for a stack set, which brings it to many accounts and regions.
//
// The template is made from the members of the plan's calls, under CloudFormation's names; what differs
// between accounts is a parameter whose default is the plan's. What is left becomes a plan of its own and
// is written by package shell.
//
// The package is pure. It must not know guides, the terminal or aws-sdk-go-v2.
package cloudformation

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"onramp/internal/plan"
	"onramp/render"
)

// Names of the files of an export.
const (
	fileTemplate   = "template.yaml"
	fileParameters = "parameters.json"
	fileDeploy     = "deploy.sh"
	filePre        = "pre.sh"
	filePost       = "post.sh"
	fileAccounts   = "accounts.sh"
)

// Files writes the template, its parameters, the script that deploys it, and those that do what
// CloudFormation cannot do before and after. A plan with problems has none.
func Files(p plan.Plan, o render.Origin) ([]render.File, error) {
	if len(p.Problems) > 0 {
		return nil, fmt.Errorf("render template: the plan is not complete: %w", p.Problems[0])
	}
	t, err := newTemplate(p, false, 0)
	if err != nil {
		return nil, err
	}
	body, parameters, err := t.files(o)
	if err != nil {
		return nil, err
	}
	name := stackName(p.Owner)
	files := []render.File{
		{Name: fileTemplate, Data: body},
		{Name: fileParameters, Data: parameters},
		{Name: fileDeploy, Data: t.deploy(len(body), name, o), Executable: true},
	}
	if len(t.before) > 0 {
		pre, err := t.script(t.before, nil, p.Title+": what must be so before the stack is deployed", o)
		if err != nil {
			return nil, err
		}
		files = append(files, render.File{Name: filePre, Data: pre, Executable: true})
	}
	if t.hasPost() {
		post, err := t.script(t.after, t.lookAtStack(name), p.Title+": what CloudFormation cannot do", o)
		if err != nil {
			return nil, err
		}
		files = append(files, render.File{Name: filePost, Data: post, Executable: true})
	}
	return files, t.err
}

// files writes the template and its parameters.
func (t *template) files(o render.Origin) (body, parameters []byte, err error) {
	if body, err = t.encode(o); err != nil {
		return nil, nil, err
	}
	if len(body) > maxTemplate {
		return nil, nil, fmt.Errorf("render template: it has %d bytes, and CloudFormation takes %d: let groups share roles and buckets", len(body), maxTemplate)
	}
	parameters, err = t.parameterFile()
	return body, parameters, err
}

// hasPost says that something is left to do once the stack is there, be it by hand.
func (t *template) hasPost() bool {
	return len(t.after)+len(t.plan.SQL)+len(t.followUps())+len(t.plan.HandOver) > 0
}

var notInStackNames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[^a-zA-Z0-9]+`)
})

// maxStackName is the length of a stack's name (AWS CloudFormation API Reference, CreateStack).
const maxStackName = 128

// stackName is a name for the stack: letters, digits and hyphens, a letter first.
func stackName(owner string) string {
	name := strings.Trim(notInStackNames().ReplaceAllString("onramp-"+owner, "-"), "-")
	return shortened(name, maxStackName)
}
