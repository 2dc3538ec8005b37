package database

import (
	"iter"
	"maps"
	"slices"
)

// table keeps things by key and gives them in the order of their keys: answers and State do not
// depend on the order of the statements.
type table[T any] struct {
	keys []string
	rows map[string]T
}

func (t *table[T]) get(key string) (T, bool) {
	row, ok := t.rows[key]
	return row, ok
}

func (t *table[T]) put(key string, row T) {
	if t.rows == nil {
		t.rows = map[string]T{}
	}
	if _, there := t.rows[key]; !there {
		i, _ := slices.BinarySearch(t.keys, key)
		t.keys = slices.Insert(t.keys, i, key)
	}
	t.rows[key] = row
}

func (t *table[T]) drop(key string) {
	if i, there := slices.BinarySearch(t.keys, key); there {
		t.keys = slices.Delete(t.keys, i, i+1)
		delete(t.rows, key)
	}
}

// dropAll drops what f holds for.
func (t *table[T]) dropAll(f func(T) bool) {
	t.keys = slices.DeleteFunc(t.keys, func(key string) bool {
		gone := f(t.rows[key])
		if gone {
			delete(t.rows, key)
		}
		return gone
	})
}

// clone is a copy of the table, with each row copied by f; nil: the rows themselves.
func (t *table[T]) clone(f func(T) T) table[T] {
	out := table[T]{slices.Clone(t.keys), maps.Clone(t.rows)}
	if f != nil {
		for key, row := range out.rows {
			out.rows[key] = f(row)
		}
	}
	return out
}

func (t *table[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, key := range t.keys {
			if !yield(t.rows[key]) {
				return
			}
		}
	}
}

func (t *table[T]) any(f func(T) bool) bool {
	for row := range t.all() {
		if f(row) {
			return true
		}
	}
	return false
}
