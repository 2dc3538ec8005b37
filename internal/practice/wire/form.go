package wire

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// fromForm makes a tree of a form: "Tags.member.1.Key=a" is the Key of the first of Tags (Smithy, AWS
// query protocol). EC2 writes lists without a name for their items.
func fromForm(form url.Values, ec2 bool) Input {
	root := &node{}
	for name, values := range form {
		if name != "Action" && name != "Version" && len(values) > 0 {
			root.put(strings.Split(name, "."), values[0])
		}
	}
	in, _ := root.tree(ec2, true).(map[string]any)
	return in
}

// node is a place in the tree: a leaf has a value, the others have kids.
type node struct {
	value string
	kids  map[string]*node
}

func (n *node) put(path []string, value string) {
	if len(path) == 0 {
		n.value = value
		return
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	kid := n.kids[path[0]]
	if kid == nil {
		kid = &node{}
		n.kids[path[0]] = kid
	}
	kid.put(path[1:], value)
}

func (n *node) tree(ec2, root bool) any {
	if n.kids == nil {
		if root {
			return map[string]any{}
		}
		return n.value
	}
	if list := n.list(ec2); list != nil && !root {
		return list
	}
	out := make(map[string]any, len(n.kids))
	for name, kid := range n.kids {
		out[name] = kid.tree(ec2, false)
	}
	return out
}

// list reads kids that are numbered, or whose one name is that of the items ("member").
func (n *node) list(ec2 bool) []any {
	kids := n.kids
	if !ec2 && len(kids) == 1 && !numbered(kids) {
		for _, only := range n.kids {
			kids = only.kids
		}
	}
	if !numbered(kids) {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(kids), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	out := make([]any, 0, len(names))
	for _, name := range names {
		out = append(out, kids[name].tree(ec2, false))
	}
	return out
}

func numbered(kids map[string]*node) bool {
	for name := range kids {
		if _, err := strconv.Atoi(name); err != nil {
			return false
		}
	}
	return len(kids) > 0
}
