package html

import "fmt"

// picture is the section with the numbers and the drawing.
func (v page) picture() content {
	return section("picture", "At a glance",
		block("ul", class("tallies"), each(v.Tallies, func(t tally) content {
			return row("li", class(t.Class), element("strong", text(number(t.Count))), text(" "+t.Text))
		})),
		when(len(v.Drawing.Boxes) > 0, block("figure", v.Drawing.svg(), v.legend())),
		when(len(v.Reach) > 0, block("details",
			row("summary", text("The picture in words")),
			table("", "Who does what with what",
				each([]string{"Who", "does", "with"}, func(s string) content { return heading("col", text(s)) }),
				each(v.Reach, reachRow)))))
}

func reachRow(r reach) content {
	return row("tr", when(r.Broad, class("broad")),
		heading("row", isolated(r.Who)),
		element("td", text(r.Does), when(r.Broad, text(" "), element("span", class("flag warn"), text("broad")))),
		element("td", isolated(r.What)))
}

func (v page) legend() content {
	mark := func(of string) content {
		a := actions[of]
		return row("li", markOf(a), text(" "+a.Text))
	}
	swatch := func(kind, says string) content {
		return row("li", element("span", class("swatch "+kind)), text(" "+says))
	}
	return block("figcaption",
		block("ul", class("legend"), mark("+"), mark("~"), mark("="), when(v.Looked, mark("."), mark("!")),
			swatch("broad", "broad: goes beyond what the plan names"), swatch("foreign", "not made by this plan")),
		each(v.Remarks, func(s string) content { return row("p", text(sentence(s))) }))
}

func (d drawing) svg() content {
	return block("div", class("picture"), attribute("role", "region"), attribute("aria-label", "Picture of the account"), attribute("tabindex", "0"),
		block("svg", d.viewBox(), size(d.Width, d.Height), attribute("role", "img"), attribute("aria-labelledby", "drawing-title"),
			row("title", attribute("id", "drawing-title"),
				text(d.Says+". The table below says the same in words.")),
			each(d.Frames, func(f frame) content {
				return row("rect", class("vpc"), at(f.X, f.Y), size(f.Width, f.Height), integer("rx", 12))
			}),
			each(d.Heads, lettering.svg), each(d.Lines, line.svg), each(d.Boxes, box.svg)))
}

func (d drawing) viewBox() content {
	return attribute("viewBox", fmt.Sprintf("0 0 %d %d", d.Width, d.Height))
}

func at(x, y int) content { return all(integer("x", x), integer("y", y)) }

func size(width, height int) content { return all(integer("width", width), integer("height", height)) }

func (l lettering) svg() content { return row("text", class(l.Class), at(l.X, l.Y), text(l.Text)) }

func (l line) svg() content {
	label := l.Label
	return all(
		element("path", class(l.Class), attribute("d", l.Path)), row("path", class(l.Class+" tip"), attribute("d", l.Tip)),
		when(label.Text != "", row("text", class(l.Class+" label"), at(label.X, label.Y), attribute("text-anchor", "end"), text(label.Text))))
}

func (b box) svg() content {
	return row("svg", class(b.Class), at(b.X, b.Y), size(b.Width, b.Height),
		row("title", text(b.Title)),
		row("rect", at(1, 1), size(b.Width-2, b.Height-2), integer("rx", 8)),
		when(b.Mark.Mark != "", row("text", class("glyph"), at(b.Width-pad, 21), attribute("text-anchor", "end"), text(b.Mark.Mark))),
		each(b.Texts, lettering.svg))
}
