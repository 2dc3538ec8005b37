// Package plan holds the one value that everything else is derived from: what an AWS account
// should look like, as resources with their dependencies, and the calls that bring it about.
//
// It is pure: it makes no call, reads no file and no clock. It must not know any guide, any
// output format, or aws-sdk-go-v2.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/answers"
)

// Schema is the version of the plan's JSON form.
const Schema = 1

// Plan is what would be done. It is built from answers, is never changed afterwards, and is
// complete only where Problems is empty.
type Plan struct {
	Guide     string // the guide's name on the command line
	Title     string
	Owner     string // value of the tag TagPlan: the same for every run of the guide on one warehouse
	Target    Target
	Resources []Resource // each after those that it needs
	SQL       []Statement
	FollowUps []FollowUp
	Files     []File  // handed out beside what is done
	HandOver  []Value // what somebody needs next, elsewhere
	Probes    []Probe // what verify asks beside comparing
	Warnings  []Warning
	Costs     []Note
	Problems  []answers.Problem
	// ExportOnly says why these answers must not be applied, though they go together, and what to do; nil: they may be.
	ExportOnly *answers.Problem
}

// Tags that the plan's resources carry, so that a later run knows its own.
const (
	TagPlan     = "onramp:plan"
	TagResource = "onramp:resource"
)

// Target is the account that a plan is for.
type Target struct {
	Account   string // 12 digits
	Region    string
	Partition string // aws, aws-cn, aws-us-gov
}

// ARN builds the ARN of something in the target's account and region.
func (t Target) ARN(service, resource string) string {
	return t.arn(service, t.Region, t.Account, resource)
}

// GlobalARN builds the ARN of something that has no region, such as a role.
func (t Target) GlobalARN(service, resource string) string {
	return t.arn(service, "", t.Account, resource)
}

// RoleARN builds the ARN of a role. The path begins and ends with a slash.
func (t Target) RoleARN(path, name string) string { return t.GlobalARN("iam", "role"+path+name) }

// BucketARN builds the ARN of a bucket, or of objects in it: BucketARN("b/*").
func (t Target) BucketARN(name string) string { return t.arn("s3", "", "", name) }

// ManagedPolicyARN builds the ARN of a policy that AWS manages.
func (t Target) ManagedPolicyARN(name string) string { return t.arn("iam", "", "aws", "policy/"+name) }

func (t Target) arn(service, region, account, resource string) string {
	return strings.Join([]string{"arn", t.Partition, service, region, account, resource}, ":")
}

// Kind says what a resource is, as the plan's JSON spells it: "iam-role".
type Kind string

// Changes lists the steps that change something where nothing of the resource is there yet: what its
// creation brings with it is not done again.
func (r Resource) Changes() []Step {
	var out []Step
	for _, s := range r.Spec.Steps() {
		if len(s.Calls()) > 0 && !s.Fresh {
			out = append(out, s)
		}
	}
	return out
}

// Action is what happens to a resource. Its rune stands before the resource in the tree.
type Action string

// The actions. What a plan says without having seen the account is what happens in an account
// that holds none of its resources.
const (
	Create Action = "create" // is not there: it will be made
	Update Action = "update" // is there and will be changed
	Adopt  Action = "adopt"  // is there and will be used as it is
	None   Action = "none"   // is there as planned
)

// Glyph is the action in one character that does not depend on colour.
func (a Action) Glyph() string {
	return map[Action]string{Create: "+", Update: "~", Adopt: "=", None: "."}[a]
}

// Resource is one thing in the account.
type Resource struct {
	ID     string // unique in the plan; letters, digits and hyphens
	Spec   Spec
	Needs  []string // ids of the resources that must be there first
	Within string   // id of the resource that this is a part of: while that is not there, this is not; "" : none
	Place  string   // number of the guide's step that it comes from
}

// Spec is what a resource should be. There is one type for each Kind, in package kind.
type Spec interface {
	Kind() Kind
	Name() string  // as AWS calls it
	Label() string // for people: "IAM role redshift-ml"
	Action() Action
	Documents() []Document
	Steps() []Step
}

// Located is a Spec of something that has an ARN, which may hold references to its outputs.
type Located interface{ ARN(t Target) string }

// ARN is the ARN of a resource with the outputs of a run in it; "" where it has none, or it is not known.
func (p Plan) ARN(r Resource, outputs map[Ref]string) string {
	l, ok := r.Spec.(Located)
	if !ok {
		return ""
	}
	known := true
	arn := Fill(l.ARN(p.Target), func(ref Ref) string {
		known = known && outputs[ref] != ""
		return outputs[ref]
	})
	if !known {
		return ""
	}
	return arn
}

// Statement is one SQL statement that the plan runs or writes down.
type Statement struct {
	Title string // imperative: "create group analysts"
	Text  string // one statement, without a semicolon
	Undo  string // takes it back; "" : nothing does
	Holds string // a query that counts; the statement is not needed where it answers Want
	Want  string
	// Remains is a query that says before Undo what is left of what the statement has made: 1 that it stands
	// as it was made, 0 that it is gone, anything else that others rely on it by now. "" : Holds and Want say so.
	Remains string
}

// FollowUp is what can be done only later, by hand: one statement, or one command.
type FollowUp struct {
	Title   string   `json:"title"`
	When    string   `json:"when"`              // what must have happened before
	SQL     string   `json:"sql"`               // "" : it is a command
	Command []string `json:"command,omitempty"` // its words as a program gets them, without references
}

// File is a file that a plan hands out, for somebody else's tool: nothing that the plan does depends on it.
type File struct {
	Name  string `json:"name"`  // of the file: letters, digits, dots and hyphens
	Title string `json:"title"` // for people
	Text  string `json:"text"`  // ends with a line feed, and holds no reference
}

// Value is something that has to be entered somewhere else.
type Value struct {
	Name  string `json:"name"`         // as that place calls it
	Value string `json:"value"`        // "" : it stays empty there
	For   string `json:"for"`          // the place
	Of    string `json:"of,omitempty"` // id of the resource whose name the value is; "" : of none of the plan's
}

// Warning is something to think about before saying yes.
type Warning struct {
	Rule   string `json:"rule"`             // short and stable, such as "role-broad"
	On     string `json:"on,omitempty"`     // id of the resource, or key of the answer
	Text   string `json:"text"`             //
	Remedy string `json:"remedy,omitempty"` // what makes the warning go away
	// Fix are the answers that do, by key, as they are typed; nil: it takes more than answers.
	Fix map[string]string `json:"fix,omitempty"`
}

// Note is a remark with a subject.
type Note struct {
	On   string `json:"on"`
	Text string `json:"text"`
}

// Find returns the resource with an id.
func (p Plan) Find(id string) (Resource, bool) {
	i := slices.IndexFunc(p.Resources, func(r Resource) bool { return r.ID == id })
	if i < 0 {
		return Resource{}, false
	}
	return p.Resources[i], true
}

// Documents lists the documents of every resource, with the name of the file that each is
// exported to, without its ending: "role-trust".
func (p Plan) Documents() []NamedDocument {
	var out []NamedDocument
	for _, r := range p.Resources {
		for _, d := range r.Spec.Documents() {
			out = append(out, NamedDocument{File: r.ID + "-" + d.Name, Resource: r.ID, Document: d})
		}
	}
	return out
}

// NamedDocument is a document with its place.
type NamedDocument struct {
	File     string // unique in the plan
	Resource string // id
	Document
}

// Hash identifies what the plan does: two plans with one hash make the same calls, and hand out the same files, values
// and commands. It stands in the preview, the script's header and the answers of a dry run. It is 12 hexadecimal digits.
func (p Plan) Hash() string {
	sum := sha256.Sum256(p.canonical())
	return hex.EncodeToString(sum[:6])
}

func (p Plan) canonical() []byte {
	type step struct {
		Title          string
		Read           Call
		Check          string
		Create, Update []Call
	}
	type resource struct {
		ID    string
		Kind  Kind
		Needs []string
		Steps []step
	}
	doc := struct {
		Guide     string
		Target    Target
		Resources []resource
		SQL       []Statement
		Files     []File     `json:",omitempty"`
		HandOver  []Value    `json:",omitempty"`
		Commands  [][]string `json:",omitempty"`
	}{Guide: p.Guide, Target: p.Target, SQL: p.SQL, Files: p.Files, HandOver: p.HandOver}
	for _, f := range p.FollowUps {
		if len(f.Command) > 0 {
			doc.Commands = append(doc.Commands, f.Command)
		}
	}
	for _, r := range p.Resources {
		out := resource{ID: r.ID, Kind: r.Spec.Kind(), Needs: r.Needs}
		for _, s := range r.Spec.Steps() {
			check := s.Check.Query + "=" + s.Check.Want
			if s.Check.Document != nil {
				check += string(s.Check.Document.Policy.Compact())
			}
			out.Steps = append(out.Steps, step{s.Title, s.Read, check, s.Create, s.Update})
		}
		doc.Resources = append(doc.Resources, out)
	}
	data, err := json.Marshal(doc)
	if err != nil {
		panic(fmt.Errorf("encode plan: %w", err)) // only types of ours are in it
	}
	return data
}
