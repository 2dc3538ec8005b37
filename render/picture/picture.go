// Package picture turns a plan into a small graph for people: who works with the warehouse, which roles it takes, and
// what those reach. The page and the runbook draw the same one.
//
// It is pure. It must not know how a graph is drawn, nor any guide: it reads the plan's resources, its policy documents
// and its SQL. It leaves out what no approval turns on; the documents have all of it.
package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
)

// Graph is what is drawn. Edges run from one place to a later one; what is alike in a place stands together.
type Graph struct {
	Account, Region string
	VPC             string // that endpoints are in; "" : none are
	Nodes           []Node
	Edges           []Edge
	Notes           []string // what the picture cannot show: sentences without a full stop
}

// Place is where a node stands, from who acts to what is reached.
type Place int

// The places, in the order in which they are drawn.
const (
	Who       Place = iota // groups of users
	Warehouse              // what they work with
	Way                    // roles that it takes, and endpoints through which it goes
	Reached                // buckets, keys, services
)

var headings = [...]string{Who: "Users", Warehouse: "Warehouse", Way: "Acts through", Reached: "Reaches"}

// Places are all of them.
var Places = []Place{Who, Warehouse, Way, Reached}

// String is the heading of a place.
func (p Place) String() string { return headings[p] }

// Node is one thing.
type Node struct {
	Place   Place
	Kind    string   // "IAM role"
	Name    string   // "" where Kind says it all
	Notes   []string // what is worth knowing of it
	Mark    string   // as in the tree; "" : it is not the plan's
	Broad   bool     // it goes beyond what the plan itself names
	Foreign bool     // it is AWS's, and not in the account
	Network bool     // it is in the VPC

	rank int // among those of its place
}

// Sentence says what the graph shows, without a full stop.
func (g Graph) Sentence() string {
	for _, n := range g.Nodes {
		if n.Place == Warehouse {
			return "Who works with the warehouse, what it acts through, and what that reaches"
		}
	}
	return "Who acts, with which roles, and what those reach"
}

// Label is the node in one line.
func (n Node) Label() string { return strings.TrimSpace(n.Kind + " " + n.Name) }

// Edge says what one thing does with another. Its text is short, and holds no name of the operator's.
type Edge struct {
	From, To int // indexes of nodes
	Text     string
	Broad    bool
}

// most is how many nodes one place shows: more cannot be taken in. What goes beyond what the plan names, what is AWS's
// and the endpoints are shown as long as there is any room.
const most, mostOfAll = 12, 20

// Of draws a plan. findings may be nil: then the marks are those of an account in which nothing is there yet.
func Of(p plan.Plan, findings map[string]apply.Finding) Graph {
	b := &builder{
		plan: p, findings: findings, at: map[string]int{}, drawn: map[Edge]bool{}, grants: map[int][]statement{}, passes: map[int][]statement{}, owned: map[string][]statement{},
		graph: Graph{Account: p.Target.Account, Region: p.Target.Region},
	}
	b.groups()
	for _, r := range p.Resources {
		if spec, ok := r.Spec.(kind.Spec); ok {
			b.now = r
			spec.Accept(b)
		}
	}
	b.reach()
	b.pass()
	b.route()
	b.admit()
	b.count()
	return b.graph.sorted()
}

// Ranks within a place.
const (
	rankFirst = iota
	rankBroad
	rankForeign
	rankKey
	rankOthers
	rankLast
)

// sorted is the graph with its nodes in the order of places and ranks, and its edges in theirs.
func (g Graph) sorted() Graph {
	order := make([]int, len(g.Nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := g.Nodes[a], g.Nodes[b]
		return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.rank, y.rank))
	})
	nodes, now := make([]Node, len(order)), make([]int, len(order))
	for i, was := range order {
		nodes[i], now[was] = g.Nodes[was], i
	}
	for i, e := range g.Edges {
		g.Edges[i].From, g.Edges[i].To = now[e.From], now[e.To]
	}
	g.Nodes = nodes
	slices.SortStableFunc(g.Edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return g
}

// builder gathers the graph. It is a kind.Visitor, so that a new kind does not compile until it has its place.
type builder struct {
	plan      plan.Plan
	findings  map[string]apply.Finding
	graph     Graph
	at        map[string]int // key of a node -> its index
	drawn     map[Edge]bool
	places    [len(headings)]place
	grants    map[int][]statement    // what a role may do, by the role's index
	passes    map[int][]statement    // what a principal may do, by its index
	owned     map[string][]statement // what the plan's managed policies allow, by their ARN
	now       plan.Resource          // that is being visited
	roles     []int                  // in the order of the plan
	endpoints []int
	people    []group
	services  []string // names of the other services
	routed    bool     // the warehouse goes through the endpoints
	admits    bool     // the plan makes a security group for them
}

// place counts the nodes of one place. Its last plain node stands for all for which there is no room.
type place struct{ nodes, last, more int }

// node is the node with a key, made where there is none. Where a place is full, it is the last one there.
func (b *builder) node(key string, made Node) int {
	if i, ok := b.at[key]; ok {
		return i
	}
	p, spare := &b.places[made.Place], made.Broad || made.Foreign || made.Network
	if full := p.nodes >= mostOfAll || p.nodes >= most && !spare; full && p.last > 0 {
		p.more++
		b.at[key] = p.last - 1
		return p.last - 1
	} else if full || !spare {
		p.last = len(b.graph.Nodes) + 1
	}
	p.nodes++
	b.graph.Nodes = append(b.graph.Nodes, made)
	b.at[key] = len(b.graph.Nodes) - 1
	return b.at[key]
}

// count says of the last nodes how many they stand for.
func (b *builder) count() {
	for _, p := range b.places {
		if p.more > 0 {
			n := &b.graph.Nodes[p.last-1]
			*n = Node{Place: n.Place, Kind: fmt.Sprintf("and %d more", p.more+1), Mark: n.Mark, Broad: n.Broad, rank: n.rank}
		}
	}
}

// mark gives a node the mark of the resource that is being visited. A node may stand for several: where one is there as
// planned and another is not, the thing as a whole is changed.
func (b *builder) mark(i int) {
	mark := b.now.Spec.Action().Glyph()
	if f, looked := b.findings[b.now.ID]; looked {
		mark = f.Action.Glyph()
		if f.Problem != "" {
			mark = wrong
		}
	}
	n := &b.graph.Nodes[i]
	switch {
	case n.Mark == "", mark == wrong:
		n.Mark = mark
	case n.Mark == plan.None.Glyph() && mark != n.Mark, n.Mark == plan.Adopt.Glyph() && (mark == plan.Create.Glyph() || mark == plan.Update.Glyph()):
		n.Mark = plan.Update.Glyph()
	}
}

// wrong is the mark of what cannot be done.
const wrong = "!"

// note says something of a node. There is room for a few.
func (b *builder) note(i int, text string) {
	n := &b.graph.Nodes[i]
	if text != "" && len(n.Notes) < most && !slices.Contains(n.Notes, text) {
		n.Notes = append(n.Notes, text)
	}
}

// say adds a sentence to the graph.
func (b *builder) say(text string) {
	if !slices.Contains(b.graph.Notes, text) {
		b.graph.Notes = append(b.graph.Notes, text)
	}
}

// edge draws an edge once.
func (b *builder) edge(from, to int, text string, broad bool) {
	e := Edge{From: from, To: to, Text: text, Broad: broad || b.graph.Nodes[to].Broad}
	if !b.drawn[e] {
		b.drawn[e] = true
		b.graph.Edges = append(b.graph.Edges, e)
	}
}
