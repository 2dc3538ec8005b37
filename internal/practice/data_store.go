package practice

import (
	"errors"

	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// execute runs the statements of a call. Those of a batch are one transaction: when one fails, none
// has happened (Redshift Data API, BatchExecuteStatement).
func (s *statementRun) execute(db *database.Database, user string) {
	if s.over.After(s.begun) { // only what takes time can be cancelled
		s.undo = db.Mark()
	}
	if !s.batch {
		s.parts[0].rows, s.parts[0].err = db.Exec(user, s.parts[0].sql)
		return
	}
	sqls := make([]string, len(s.parts))
	for i, p := range s.parts {
		sqls[i] = p.sql
	}
	rows, err := db.Batch(user, sqls)
	for i := range s.parts {
		switch p := &s.parts[i]; {
		case i < len(rows):
			p.rows = rows[i]
		case i == len(rows):
			p.err = err
		default:
			p.skipped = true
		}
	}
}

// elsewhere is what comes of statements for a database that the warehouse does not have.
func (s *statementRun) elsewhere() {
	for i := range s.parts {
		s.parts[i].skipped = i > 0
	}
	s.parts[0].err = errors.New(`FATAL: database "` + s.database + `" does not exist`)
}

// cancelStatement takes a statement back that is not over: "To be canceled, a query must be running"
// (Redshift Data API, CancelStatement). One after which others have run is as good as over.
func cancelStatement(c *call) (wire.Answer, error) {
	s, _, err := c.theStatement()
	if err != nil {
		return because(err)
	}
	if s.cancelled || !c.now.Before(s.over) || s.undo != nil && !s.undo() {
		return because(invalid("Could not cancel a query that is already in %s state.", s.end(len(s.parts)-1)))
	}
	s.cancelled = true
	return answer("Status", true)
}
