package apply

import "sync"

// Notebook is a journal in memory: for an account that ends with the program.
type Notebook struct {
	mu      sync.Mutex
	changes []Change
}

// Intend implements Journal.
func (n *Notebook) Intend(i Intent) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changes = append(n.changes, Change{Intent: i})
	return nil
}

// Conclude implements Journal.
func (n *Notebook) Conclude(o Outcome) error {
	n.each(o.Seq, func(c *Change) { c.Outcome = &o })
	return nil
}

// Undone implements Journal.
func (n *Notebook) Undone(u Undone) error {
	n.each(u.Seq, func(c *Change) { c.Undone = &u })
	return nil
}

func (n *Notebook) each(seq int, do func(*Change)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.changes {
		if n.changes[i].Seq == seq {
			do(&n.changes[i])
		}
	}
}

// Past are the changes so far.
func (n *Notebook) Past() []Change {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Change{}, n.changes...)
}
