// Package database is the SQL of the practice account: it understands the statements that plans
// emit and the catalog queries that check them, keeps users, groups, schemas, models and privileges
// as state, and refuses what Amazon Redshift refuses. Any other statement is a syntax error.
//
// It is pure: no network, no file, no clock of its own. It must not know the Data API, clusters or
// IAM: what it has to know of those it asks through the hooks of Database. It holds no tables, so
// the query that a model is trained from is not looked at.
//
// "Guide" in its comments is the Amazon Redshift Database Developer Guide. The words of a refusal
// are the guide's where it gives them, and PostgreSQL 8.0's elsewhere, from which Redshift comes.
package database

import (
	"strings"
	"sync"
	"time"
)

// Admin is the superuser of a database that New makes.
const Admin = "awsuser"

// Database is one database with the users and groups of its warehouse. Its methods may be called
// by several goroutines at once. The hooks are set before the first Exec; they are called while the
// database is locked, so they must not call back into it.
type Database struct {
	// Name is the database's own name, "dev" unless it is changed.
	Name string

	// RoleCheck says why CREATE MODEL cannot use an IAM role: it is not attached, or does not trust
	// Redshift. An *Error is passed on as it is. Nil: every role may be used.
	RoleCheck func(arn string) error

	// DefaultRole is the ARN of the warehouse's default IAM role, "" where it has none. Nil: none.
	DefaultRole func() string

	// Training is how long a model trains, by the clock Now. Zero: it is ready at once.
	Training time.Duration

	// Now is the clock. Nil: time stands still, and a model that takes time never gets ready.
	Now func() time.Time

	mu    sync.Mutex
	state state
	ran   int // statements, and batches
}

// New makes a database "dev" with the superuser Admin, the schema public and Redshift's default
// privileges: everybody may create in public, and use every IAM role of the warehouse.
func New() *Database { return NewFor(Admin) }

// NewFor makes one whose superuser is called otherwise.
func NewFor(admin string) *Database {
	return &Database{Name: "dev", state: newState(admin)}
}

// Exec runs one statement as a user. The error is an *Error.
//
// A user who is not there is refused as at login, but for the names that begin with "IAM:" or
// "IAMR:": the Data API makes such a user, without any privilege, when an IAM identity connects
// (aws-facts 8.3).
func (d *Database) Exec(user, sql string) (Rows, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ran++
	return d.exec(user, sql)
}

// Mark remembers the state as it is before one statement or batch. What it gives puts that state back
// and says so, unless others have run since.
func (d *Database) Mark() func() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, next := d.state.clone(), d.ran+1
	return func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.ran != next {
			return false
		}
		d.state, d.ran = before, next+1
		return true
	}
}

// Batch runs statements one after another in one transaction. Where one is refused the error is
// its own, nothing is kept and those after it are not run. The answers are those of the statements
// before it.
func (d *Database) Batch(user string, statements []string) ([]Rows, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ran++
	before := d.state.clone()
	var answers []Rows
	for _, sql := range statements {
		rows, err := d.exec(user, sql)
		if err != nil {
			d.state = before
			return answers, err
		}
		answers = append(answers, rows)
	}
	return answers, nil
}

func (d *Database) exec(user, sql string) (Rows, error) {
	s, err := d.login(user)
	if err != nil {
		return Rows{}, err
	}
	statement, err := parse(sql)
	if err != nil {
		return Rows{}, err
	}
	return statement.run(s)
}

// State is a copy of everything that statements can change but times and ids, in an order that does
// not depend on the order of the statements. It is fit for JSON and for comparing two databases.
func (d *Database) State() any {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state.snapshot()
}

func (d *Database) login(name string) (*session, error) {
	u, ok := d.state.users.get(name)
	if !ok && (strings.HasPrefix(name, "IAM:") || strings.HasPrefix(name, "IAMR:")) {
		u, ok = d.state.addUser(name), true
	}
	if !ok {
		return nil, errorf(invalidLogin, `user "%s" does not exist`, name)
	}
	return &session{Database: d, user: u}, nil
}

func (d *Database) now() time.Time {
	if d.Now == nil {
		return time.Time{}
	}
	return d.Now()
}

func (d *Database) defaultRole() string {
	if d.DefaultRole == nil {
		return ""
	}
	return d.DefaultRole()
}

// session is a user at work.
type session struct {
	*Database
	user *user
}
