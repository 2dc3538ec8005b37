package steps

import (
	"onramp/internal/plan"
)

// Status says how the service of a guide stands.
type Status string

// The statuses. The zero value is a service that is offered as the document says.
const (
	Current Status = ""
	Preview Status = "preview" // it may change, and is not for everybody yet
	Closed  Status = "closed"  // it takes no new users
)

// Standing is the status of a guide, and what everybody must know before any question: it stands on the start
// page, and as a warning in every plan and all that is exported of one.
type Standing struct {
	Status Status
	Banner string // one or two sentences; "" : there is nothing to say
	Remedy string // what to do instead, as the remedy of a warning
}

// ruleStanding is the rule of the warning that says how a guide stands.
const ruleStanding = "guide-standing"

// Warnings is what the standing adds to a plan: builders begin with it.
func (s Standing) Warnings() []plan.Warning {
	if s.Banner == "" {
		return nil
	}
	return []plan.Warning{{Rule: ruleStanding, Text: s.Banner, Remedy: s.Remedy}}
}

// Notice is the banner with its status before it: "closed: ...".
func (s Standing) Notice() string {
	switch {
	case s.Banner == "":
		return ""
	case s.Status == Current:
		return s.Banner
	}
	return string(s.Status) + ": " + s.Banner
}
