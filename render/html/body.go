package html

import (
	"strconv"

	nethtml "golang.org/x/net/html"

	"onramp/internal/answers"
	"onramp/internal/plan"
)

// document is the page as a tree.
func (v page) document() *nethtml.Node {
	root := &nethtml.Node{Type: nethtml.DocumentNode}
	root.AppendChild(&nethtml.Node{Type: nethtml.DoctypeNode, Data: "html"})
	all(text("\n"), block("html", attribute("lang", "en"), v.head(), v.body()))(root)
	return root
}

func (v page) head() content {
	meta := func(key name, value, says string) content {
		return row("meta", attribute(key, value), attribute("content", says))
	}
	return block("head",
		row("meta", attribute("charset", "utf-8")),
		meta("http-equiv", "Content-Security-Policy", v.Policy),
		meta("name", "viewport", "width=device-width, initial-scale=1"),
		meta("name", "referrer", "no-referrer"),
		meta("name", "color-scheme", "light dark"),
		row("title", text(v.Plan.Title+": plan "+v.Hash+" for approval")),
		each(v.Styles, func(css string) content { return row("style", text(css)) }),
	)
}

func (v page) body() content {
	target := v.Plan.Target
	return block("body",
		row("a", class("skip"), attribute("href", "#main"), text("Skip to the content")),
		v.top(),
		block("div", class("frame"),
			v.contents(),
			block("main", attribute("id", "main"), attribute("tabindex", "-1"),
				v.problems(), v.picture(), v.warnings(), v.resources(), v.documents(), v.calls(), v.handOut(), v.sql(), v.later(), v.costs(),
				v.operator(), v.made(), v.sign()),
		),
		row("footer", element("p", text(v.Plan.Title+", plan "), element("span", class("hash"), text(v.Hash)),
			text(", account "+target.Account+", region "+target.Region))),
	)
}

func (v page) top() content {
	looked := "not looked at"
	if v.Looked {
		looked = "looked at"
	}
	fact := func(what string, is ...content) content {
		return row("div", element("dt", text(what)), element("dd", is...))
	}
	return block("header", class("top"),
		row("p", class("eyebrow"), text("For approval")),
		row("h1", text(v.Plan.Title)),
		row("p", class("lead"), text("What would be made and changed in one AWS account, before anything is. "+
			"This page is written from the same plan that is carried out.")),
		block("dl", class("facts"),
			fact("Account", text(v.Plan.Target.Account)), fact("Region", text(v.Plan.Target.Region)),
			fact("Plan", class("hash"), text(v.Hash)), fact("The account was", text(looked))),
	)
}

func (v page) contents() content {
	to := func(id, says string) content {
		return row("li", element("a", attribute("href", "#"+id), text(says)))
	}
	return block("nav", attribute("aria-label", "Contents"), block("ol",
		to("picture", "At a glance"), to("warnings", "Before you sign"), to("resources", "Resources"), to("documents", "Documents"), to("calls", "Calls"),
		when(len(v.Plan.HandOver)+len(v.Plan.Files) > 0, to("hand-over", "To hand over")),
		when(len(v.SQL.Items) > 0, to("sql", "SQL")), when(len(v.FollowUps.Items) > 0, to("later", "Later")),
		to("costs", "Costs"), to("operator", "Who applies it"), to("made", "How it was made"), to("sign", "Sign-off"),
	))
}

func section(id, title string, inside ...content) content {
	return block("section", attribute("aria-labelledby", id+"-title"), attribute("id", id),
		row("h2", attribute("id", id+"-title"), text(title)), all(inside...))
}

// table is a table that can be wider than its room. kind is its class, if it has one.
func table(kind, caption string, heads, rows content) content {
	return row("div", class("table"), element("table", when(kind != "", class(kind)), text("\n"),
		row("caption", text(caption)), row("thead", element("tr", heads)), block("tbody", rows)))
}

func heading(scope string, inside ...content) content {
	return element("th", attribute("scope", scope), all(inside...))
}

// isolated keeps a name's direction of writing from what stands around it.
func isolated(s string) content { return element("bdi", text(s)) }

func code(s string) content { return element("code", text(s)) }

// rest says how many of a list are cut.
func rest(n int) content {
	return when(n > 0, row("p", class("cut"),
		text("And "+number(n)+" more, which are not printed here. The hash of the plan covers them, and the plan as JSON ("),
		code("onramp plan"), text(" with "), code("--json"), text(") lists them.")))
}

func remedyWord() content { return element("span", class("remedy-word"), text("Remedy:")) }

func (v page) problems() content {
	return when(len(v.Problems.Items) > 0, block("section", class("alert"), attribute("aria-labelledby", "problems-title"),
		row("h2", attribute("id", "problems-title"), text("This plan is not complete")),
		row("p", text("It can be neither signed nor carried out before these are answered:")),
		block("ul", each(v.Problems.Items, func(p answers.Problem) content {
			return row("li", when(p.Key != "", code(p.Key), text(" ")), text(p.Text+". "+sentence(p.Remedy)))
		})),
		rest(v.Problems.Cut)))
}

func (v page) warnings() content {
	return section("warnings", "Before you sign", either(len(v.Warnings.Items) > 0, all(
		row("p", text("To be thought about first, each with what makes it go away:")),
		block("ol", class("warnings"), each(v.Warnings.Items, warningItem)),
		rest(v.Warnings.Cut),
	), row("p", text("There is nothing to warn of."))))
}

func warningItem(w plan.Warning) content {
	return row("li", element("p", element("strong", text(sentence(w.Text)))), when(w.Remedy != "",
		text("\n"), element("p", class("remedy"), remedyWord(), text(" "+w.Remedy+"."))))
}

func (v page) resources() content {
	says := "Nobody has looked at the account: the marks say what happens where nothing of this is there yet. " +
		"What is there already is compared first, and not made twice."
	if v.Looked {
		says = "The marks say what a look at the account has found."
	}
	return section("resources", "What will be made",
		row("p", text(says)), either(len(v.Tree.Items) > 0, block("ul", class("tree"), each(v.Tree.Items, branchItem)),
			row("p", text("Nothing is made or changed in the account."))), rest(v.Tree.Cut))
}

// handOut prints the files and values that go elsewhere.
func (v page) handOut() content {
	values, files := v.Plan.HandOver, v.Plan.Files
	return when(len(values)+len(files) > 0, section("hand-over", "To hand over",
		row("p", text("What somebody else needs of this, and where it goes. It holds no secret.")),
		when(len(values) > 0, table("", "Values for elsewhere", all(heading("col", text("Name")), heading("col", text("Value")), heading("col", text("Where"))),
			each(values, func(v plan.Value) content {
				return row("tr", heading("row", isolated(v.Name)), element("td", either(v.Value == "", text("leave it empty"), code(v.Value))), element("td", text(v.For)))
			}))),
		each(files, func(f plan.File) content {
			return all(row("h3", isolated(f.Title)), row("p", text("The file "), code(f.Name), text(":")), row("pre", code(f.Text)))
		})))
}

func (v page) later() content {
	return when(len(v.FollowUps.Items) > 0, section("later", "Left for later",
		row("p", text("What can be done only afterwards, by hand. It is no part of what is approved here.")),
		each(v.FollowUps.Items, func(f plan.FollowUp) content {
			return all(row("h3", isolated(f.Title)), row("p", text("When "+f.When+":")), row("pre", code(f.SQL)))
		}),
		rest(v.FollowUps.Cut)))
}

func (v page) costs() content {
	return section("costs", "Costs", either(len(v.Costs.Items) > 0, all(
		block("ul", each(v.Costs.Items, func(n plan.Note) content { return row("li", text(sentence(n.Text))) })),
		rest(v.Costs.Cut),
	), row("p", text("None are known."))))
}

func (v page) operator() content {
	return section("operator", "Who applies it",
		row("p", text("A person or a pipeline with this policy, which is the least that the plan needs. Nothing here gives it to anybody.")),
		either(len(v.Operator.Parts) > 0, paperArticle(v.Operator), row("p", text("Nobody needs any: the plan makes no call."))))
}

func (v page) made() content {
	return section("made", "How it was made",
		row("p", text("By onramp "+v.Origin.Version+", with")),
		row("pre", code(v.Origin.Command)),
		row("p", text("The plan's hash, "), element("strong", class("hash"), text(v.Hash)),
			text(", identifies what is done: the account, every call with its input, and every SQL statement. "+
				"Where the same command prints another hash, another plan would be carried out than the one that was signed.")))
}

func (v page) sign() content {
	strong := func(s string) content { return element("strong", text(s)) }
	item := func(s string) content { return row("li", text(s)) }
	empty := element("td")
	return section("sign", "Sign-off",
		row("p", text("Plan "), element("strong", class("hash"), text(v.Hash)),
			text(" for account "), strong(v.Plan.Target.Account), text(" in "), strong(v.Plan.Target.Region), text(":")),
		block("ul", class("decision"), item("may be applied"), item("may be applied with the remarks below"), item("may not be applied")),
		table("sign", "Who signs",
			each([]string{"Role", "Name", "Date", "Signature"}, func(s string) content { return heading("col", text(s)) }),
			each([]string{"Prepared by", "Approved by", "Applied by"}, func(s string) content {
				return row("tr", heading("row", text(s)), empty, empty, empty)
			})),
		row("p", class("remarks"), text("Remarks")))
}

// markOf shows what happens to a resource, also to who cannot see the mark.
func markOf(a action) content {
	return element("span", class("mark "+a.Class),
		element("span", attribute("aria-hidden", "true"), text(a.Mark)),
		element("span", class("unseen"), text(a.Text+":")))
}

// integer is an attribute that holds a number.
func integer(key name, n int) content { return attribute(key, strconv.Itoa(n)) }
