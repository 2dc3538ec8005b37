package practice

import (
	"errors"

	"onramp/internal/practice/database"
)

// store is the database of a warehouse with what was run in it. A batch that fails is taken back by
// running again what came before it.
type store struct {
	db    *database.Database
	fresh func() *database.Database // as it was when the warehouse was made
	ran   []ran
}

// ran is a statement that succeeded and may have changed something.
type ran struct{ user, sql string }

func newStore(fresh func() *database.Database) *store { return &store{db: fresh(), fresh: fresh} }

// exec runs one statement.
func (s *store) exec(user, sql string) (database.Rows, error) {
	rows, err := s.db.Exec(user, sql)
	if err == nil && rows.Columns == nil {
		s.ran = append(s.ran, ran{user, sql})
	}
	return rows, err
}

// execute runs statements until one fails. Those of a batch are one transaction: when one fails, none
// has happened (Redshift Data API, BatchExecuteStatement).
func (s *store) execute(user string, sqls []string) []part {
	before, failed := len(s.ran), false
	parts := make([]part, len(sqls))
	for i, sql := range sqls {
		parts[i] = part{sql: sql, skipped: failed}
		if !failed {
			parts[i].rows, parts[i].err = s.exec(user, sql)
			failed = parts[i].err != nil
		}
	}
	if failed && len(s.ran) > before {
		s.ran = s.ran[:before]
		s.db = s.fresh()
		for _, r := range s.ran {
			_, _ = s.db.Exec(r.user, r.sql) // it succeeded before
		}
	}
	return parts
}

// elsewhere is what comes of statements for a database that the warehouse does not have.
func elsewhere(sqls []string, name string) []part {
	parts := make([]part, len(sqls))
	for i, sql := range sqls {
		parts[i] = part{sql: sql, skipped: i > 0}
	}
	parts[0].err = errors.New(`FATAL: database "` + name + `" does not exist`)
	return parts
}
