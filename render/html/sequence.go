package html

// calls is the section with every call and its input.
func (v page) calls() content {
	says := "No call would change anything."
	if v.Calls.Count > 0 {
		says = "All " + number(v.Calls.Count) + " calls to AWS that change something. " +
			"Each is made only where a look at the account shows that it is needed."
	}
	return section("calls", "Calls, in order", row("p", text(says)), each(v.Calls.Groups, groupDetails), rest(v.Calls.Cut))
}

func groupDetails(g callGroup) content {
	which := "call " + number(g.First)
	if g.Last != g.First {
		which = "calls " + number(g.First) + " to " + number(g.Last)
	}
	return block("details", class("calls"),
		row("summary", markOf(g.Action), text(" "), element("span", class("what"), isolated(g.Label)), text(" "),
			element("span", class("about"), text(which))),
		block("ol", integer("start", g.First), each(g.Calls, callItem)))
}

func callItem(c call) content {
	return row("li", row("p", isolated(c.Title), text(" "), element("code", class("call"), text(c.Name))),
		when(len(c.Input) > 0, block("dl", class("input"), each(c.Input, memberRow))))
}

func memberRow(m member) content {
	value := code(m.Text)
	if m.Document != "" {
		value = element("a", attribute("href", "#"+m.Document), text(m.Text))
	}
	return row("div", element("dt", text(m.Name)), element("dd", value))
}

// sql is the section with every statement, and what takes it back.
func (v page) sql() content {
	return when(len(v.SQL.Items) > 0, section("sql", "SQL, in order",
		row("p", text("Run in the warehouse's database as a superuser.")),
		table("sql", "What is run",
			all(heading("col", class("number"), text("No.")), heading("col", text("What for")), heading("col", text("Statement"))),
			each(v.SQL.Items, statementRow)),
		rest(v.SQL.Cut),
		when(len(v.Undo.Items) > 0, block("details",
			row("summary", text("What takes it back, last first")),
			row("pre", element("code", each(v.Undo.Items, func(s string) content { return text(s + "\n") }))),
			rest(v.Undo.Cut)))))
}

func statementRow(s statement) content {
	return row("tr",
		element("td", class("number"), text(number(s.Number))),
		heading("row", isolated(s.Title), when(s.Holds, text(" "), element("span", class("flag fine"), text("holds already")))),
		element("td", code(s.Text)))
}
