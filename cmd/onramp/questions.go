package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/steps"
)

func (a *app) questionsCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "questions GUIDE", Short: "List every question of a guide: key, type, default, choices, help", Args: a.guideArg, ValidArgsFunction: a.guideNames,
		RunE: func(_ *cobra.Command, args []string) error { return a.questions(args[0]) },
	}
	c.Flags().BoolVar(&a.flags.json, "json", false, "print JSON for machines")
	return c
}

func (a *app) questions(guide string) error {
	g, err := a.findGuide(guide)
	if err != nil {
		return err
	}
	if a.flags.json {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		out := map[string]any{"guide": g.Name, "title": g.Title, "source": g.Source, "steps": describe(g)}
		if g.Notice() != "" {
			out["status"], out["banner"] = g.Status, g.Banner
		}
		return e.Encode(out)
	}
	_, err = io.WriteString(a.out, questionText(g))
	return err
}

type stepJSON struct {
	Number    string         `json:"number"`
	Title     string         `json:"title"`
	Optional  bool           `json:"optional"`
	Why       string         `json:"why"`
	Link      string         `json:"link"`
	Questions []questionJSON `json:"questions"`
}

type questionJSON struct {
	Key      string         `json:"key"`
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Help     string         `json:"help"`
	Why      string         `json:"why"`
	Link     string         `json:"link,omitempty"`
	Default  any            `json:"default,omitempty"`
	Optional bool           `json:"optional"`
	IfGiven  bool           `json:"only_if_given,omitempty"`
	Choices  []choiceJSON   `json:"choices,omitempty"`
	When     []steps.When   `json:"asked_when,omitempty"`
	Flag     string         `json:"flag"`
	Item     []questionJSON `json:"item,omitempty"`
}

type choiceJSON struct {
	Value string       `json:"value"`
	Title string       `json:"title"`
	Help  string       `json:"help"`
	When  []steps.When `json:"offered_when,omitempty"`
}

func describe(g steps.Guide) []stepJSON {
	var out []stepJSON
	for _, s := range g.Steps {
		out = append(out, stepJSON{s.Number, s.Title, s.Optional, s.Why, s.Link, describeQuestions(s.Questions, "")})
	}
	return out
}

func describeQuestions(qs []steps.Question, list string) []questionJSON {
	var out []questionJSON
	for _, q := range qs {
		item := describeQuestions(q.Item, q.Key)
		if list != "" {
			q.Key = list + ".N." + q.Key
		}
		d := questionJSON{
			Key: q.Key, Type: q.Kind.String(), Title: q.Title, Help: q.Help, Why: q.Why, Link: q.Link, Default: q.Default,
			Optional: !q.Required(), IfGiven: q.IfGiven, When: q.When, Flag: q.Flag(), Item: item,
		}
		for _, o := range q.Choices {
			d.Choices = append(d.Choices, choiceJSON(o))
		}
		out = append(out, d)
	}
	return out
}

func questionText(g steps.Guide) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", g.Title, g.Source)
	if notice := g.Notice(); notice != "" {
		b.WriteString("\n" + notice + "\n")
	}
	for _, s := range g.Steps {
		title := s.Title
		if s.Number != "" {
			title = s.Number + ". " + title
		}
		if s.Optional {
			title += " (optional)"
		}
		b.WriteString("\n" + title + "\n")
		writeQuestions(&b, describeQuestions(s.Questions, ""))
	}
	return b.String()
}

func writeQuestions(b *strings.Builder, qs []questionJSON) {
	for _, q := range qs {
		fmt.Fprintf(b, "  %-38s %s\n", q.Key, q.Help)
		for _, c := range q.Choices {
			fmt.Fprintf(b, "  %-38s   %s: %s\n", "", c.Value, c.Help)
		}
		if q.Default != nil {
			fmt.Fprintf(b, "  %-38s   default: %s\n", "", answers.Format(q.Default))
		}
		writeQuestions(b, q.Item)
	}
}
